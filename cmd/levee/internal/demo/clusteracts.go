package demo

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// clusterApps are the apps of a story in a cluster.
var clusterApps = []string{subject, "rates-feed"}

// chartFile runs an app of the blueprint: one pod of its image.
const chartFile = `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: 1
  selector: {matchLabels: {levee.dev/app: {{ .Values.app }}}}
  template:
    metadata: {labels: {levee.dev/app: {{ .Values.app }}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: app, image: {{ .Values.runtime.image | quote }}}]
`

// Play plays what happens to apps in a cluster. It is an error where anything goes another way than
// the story says.
func (c *ClusterDemo) Play() error {
	return c.play(story{found: c.foundInCluster, acts: c.clusterActs(), runs: c.runs})
}

// app writes an app that runs in the cluster.
func (c *ClusterDemo) app(name string, replace ...string) string {
	return appFile(name, append([]string{"runtime: {type: static", "runtime: {type: static, image: " + `"` + c.at.Image + `"`, "created: 2026-02-20", "created: " + c.clock.Format(time.DateOnly)}, replace...)...)
}

// foundInCluster begins the story.
func (c *ClusterDemo) foundInCluster() error {
	fmt.Fprintf(c.out, "A catalog of %d small apps in one bare Git repository; the cluster as target; nothing else.\n", len(clusterApps))
	registry, _, _ := strings.Cut(c.at.Image, "@")
	settings := strings.NewReplacer(
		"limits: {", fmt.Sprintf("limits: {registries: [%s], ", path.Dir(registry)),
		"  lifecycle:", fmt.Sprintf("  kubernetes: {namespace: \"%s-{environment}-{app}\"}\n  lifecycle:", c.home),
		"{name: staging, ", "{name: staging, target: kubernetes, ", "{name: production}", "{name: production, target: kubernetes}",
	).Replace(settingsFile)
	files := map[string]string{
		"catalog.yaml": settings, "blueprints/page/1/blueprint.yaml": blueprintFile, "vendors/acme-maps.yaml": vendorFile,
		"blueprints/page/1/chart/Chart.yaml": "apiVersion: v2\nname: page\nversion: 1.0.0\n", "blueprints/page/1/chart/templates/app.yaml": chartFile,
	}
	for _, name := range clusterApps {
		files[appPath(name)] = c.app(name)
		files[path.Join(path.Dir(appPath(name)), "evidence", "sbom.cdx.json")] = partsFile
	}
	return c.found(files, fmt.Sprintf("kubernetes: {kind: kubernetes, kubeconfig: %q, context: %q, namespace: %s}", c.at.Kubeconfig, c.at.Context, c.home))
}

// publish is a change of the story's app by ana.
func (c *ClusterDemo) publish(branch, message string, replace ...string) error {
	return c.commit("ana", "publish/"+branch, message, map[string]string{appPath(subject): c.app(subject, replace...)})
}

// settled waits until an app is ready in an environment, and has the daemon see that.
func (c *ClusterDemo) settled(environment string) error {
	return errors.Join(c.ready(environment, subject), c.pass(time.Minute))
}

// plan shows what merging a change would do, without the lines in which it would.
func (c *ClusterDemo) plan(change string) error {
	err := c.levee(false, "plan", change)
	fmt.Fprintf(c.out, "$ levee plan %s\n", change)
	for line := range strings.Lines(c.last) {
		if !strings.HasPrefix(line, "    ") {
			fmt.Fprint(c.out, "  "+line)
		}
	}
	return err
}

// clusterActs are the story.
func (c *ClusterDemo) clusterActs() []act {
	people := append([]string{"version: 1.0.0", "version: 1.1.0", "memory: 64Mi", "memory: 128Mi"}, readsPeople...)
	return []act{
		{
			title: "The daemon starts: the apps are adopted, and each becomes a namespace with an identity, limits and a network of its own",
			do: func(d *Demo) error {
				return errors.Join(d.pass(time.Minute), c.ready("staging", subject), c.ready("production", subject))
			},
			wants: []string{"create expense-submit in production: done", "4 effects"}, runs: "1.0.0",
		},
		{
			title: "Ana publishes: more memory, and it reads data about people. Before anybody approves it is said what merging would change in the cluster",
			do: func(d *Demo) error {
				return errors.Join(c.publish("people", "Show who paid", people...), d.pass(time.Minute), c.plan("publish/people"))
			},
			wants: []string{"expense-submit in production", "Deployment", "nothing was done"}, runs: "1.0.0",
		},
		{
			title: "Ben approves. It lands, in staging first",
			do: func(d *Demo) error {
				return errors.Join(d.approve("ben", "people"), d.pass(time.Minute))
			},
			wants: []string{"landed as", "update expense-submit in staging: done"}, runs: "1.0.0",
		},
		{
			title: "Its pods become ready there. After ten minutes it goes on to production",
			do: func(d *Demo) error {
				return errors.Join(c.settled("staging"), d.pass(11*time.Minute), c.settled("production"), d.levee(true, "status", subject))
			},
			wants: []string{"production   admitted", "(promotion), approved by product-owner", "ready since"}, runs: "1.1.0",
		},
		{
			title: "Somebody scales production by hand: it is put back, and the record says who it was",
			do: func(d *Demo) error {
				return errors.Join(c.edit("production", subject, `{"spec":{"replicas":5}}`), d.pass(time.Minute), c.ready("production", subject))
			},
			wants: []string{"correct expense-submit in production: done", "kubectl-patch"}, runs: "1.1.0",
		},
		{
			title: "At night the app leaks. One command stops it everywhere, cuts its network and ends its tokens",
			do: func(d *Demo) error {
				return errors.Join(d.levee(true, "quarantine", subject, "--reason", "leaks to the outside", "--by", "oncall"), c.ready("production", subject))
			},
			wants: []string{"production: expense-submit contained"}, runs: "nothing",
		},
		{
			title: "Somebody starts it again by hand: it is stopped again",
			do: func(d *Demo) error {
				return errors.Join(c.edit("production", subject, `{"spec":{"replicas":1}}`), d.pass(time.Minute), d.pass(time.Minute))
			},
			runs: "nothing",
		},
		{
			title: "Ana's fix is approved and lands meanwhile, and waits",
			do: func(d *Demo) error {
				fix := append([]string{"version: 1.0.0", "version: 1.1.1", "memory: 64Mi", "memory: 128Mi"}, readsPeople...)
				return errors.Join(c.publish("fix", "Close the leak", fix...), d.pass(time.Minute), d.approve("ben", "fix"), d.pass(time.Minute))
			},
			wants: []string{"landed as"}, runs: "nothing",
		},
		{
			title: "One command brings it back. The fix soaks in staging, and then goes on to production",
			do: func(d *Demo) error {
				return errors.Join(d.levee(true, "release", subject, "--reason", "connector fixed", "--by", "oncall"), d.pass(time.Minute),
					c.settled("staging"), d.pass(11*time.Minute), c.settled("production"))
			},
			runs: "1.1.1",
		},
		{
			title: "The auditor has every signature checked, every state computed and every decision made again",
			do:    func(d *Demo) error { return d.levee(true, "audit", "verify") },
			wants: []string{"nothing found"},
		},
	}
}
