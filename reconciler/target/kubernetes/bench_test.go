//go:build linux

package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// atOnce is how many apps are applied at once, as the daemon does it (deploy.AtOnce).
const atOnce = 16

// BenchmarkApply is the first apply of many apps, and the change of one of them, beside the
// floor: the same resources sent by server-side apply, as many at once, by a client that looks
// at nothing, writes nothing down and takes nothing back. Both are measured turn by turn.
// SIZE=1k and SIZE=10k measure larger environments too, as in `make bench`.
func BenchmarkApply(b *testing.B) {
	sizes := map[string][]int{"": {100}, "1k": {100, 500}, "10k": {100, 500, 1000}}[os.Getenv("SIZE")]
	for _, apps := range sizes {
		b.Run(fmt.Sprintf("apps=%d", apps), func(b *testing.B) {
			cluster := kubetest.Start(b, kubetest.Options{Bare: true})
			for b.Loop() {
				newRace(b, cluster).run(apps)
			}
		})
	}
}

// race is the target and the floor in one API server, each with namespaces of its own.
type race struct {
	b             *testing.B
	target, floor *cluster
	levee         *Target
	bare          dynamic.Interface
}

func newRace(b *testing.B, own *kubetest.Cluster) *race {
	b.Helper()
	r := &race{b: b}
	for _, c := range []**cluster{&r.target, &r.floor} {
		*c = &cluster{Cluster: own, t: b, prefix: own.Prefix(b), render: renderer}
		(*c).connect()
	}
	r.target.makeNamespace(r.target.prefix + "levee")
	var err error
	if r.levee, err = New(Options{Config: own.Config(), Namespace: r.target.prefix + "levee", QPS: 1e6}); err != nil {
		b.Fatal(err)
	}
	config := own.Config()
	config.UserAgent = "floor"
	if r.bare, err = dynamic.NewForConfig(config); err != nil {
		b.Fatal(err)
	}
	return r
}

// measured is what one side took, over all turns.
type measured struct {
	took  time.Duration
	calls int
}

// turns is in how many parts apps are applied, so that neither side has the API server to
// itself while it has little to hold.
const turns = 4

func (r *race) run(apps int) {
	ours, theirs := r.artefacts(r.target, "1.0.0", apps), r.artefacts(r.floor, "1.0.0", apps)
	var us, them measured
	for turn := range turns {
		from, to := apps*turn/turns, apps*(turn+1)/turns
		sides := []func(){
			func() { r.measure("levee", &us, func() error { return each(ours[from:to], r.apply) }) },
			func() { r.measure("floor", &them, func() error { return each(theirs[from:to], r.send) }) },
		}
		if turn%2 == 1 {
			slices.Reverse(sides)
		}
		for _, side := range sides {
			side()
		}
	}
	r.report("", us, them, apps)
	us, them = measured{}, measured{}
	ours, theirs = r.artefacts(r.target, "1.1.0", changes), r.artefacts(r.floor, "1.1.0", changes)
	for i := range changes {
		r.measure("levee", &us, func() error { return r.apply(ours[i]) })
		r.measure("floor", &them, func() error { return r.send(theirs[i]) })
	}
	r.report("-changed", us, them, changes)
	r.b.ReportMetric(mostMemory(r.b), "peak-MB")
}

// changes is how many apps are changed, one after the other.
const changes = 20

func (r *race) report(what string, us, them measured, apps int) {
	r.b.ReportMetric(float64(us.took.Microseconds())/1000/float64(apps), "ms/app"+what)
	r.b.ReportMetric(float64(us.calls)/float64(apps), "calls/app"+what)
	r.b.ReportMetric(float64(them.calls)/float64(apps), "floor-calls/app"+what)
	r.b.ReportMetric(us.took.Seconds()/them.took.Seconds(), "times-floor"+what)
}

// measure adds what a side takes, and how often it calls the API server.
func (r *race) measure(agent string, to *measured, do func() error) {
	r.b.Helper()
	mark, began := r.target.Audit().Mark(), time.Now()
	if err := do(); err != nil {
		r.b.Fatal(err)
	}
	to.took += time.Since(began)
	to.calls += r.target.Audit().Since(mark).Count(func(e kubetest.Event) bool { return strings.HasPrefix(e.UserAgent, agent) })
}

// each does something with all objects, as many at once as the daemon.
func each(objects []target.Object, do func(target.Object) error) error {
	var side errgroup.Group
	side.SetLimit(atOnce)
	for _, o := range objects {
		side.Go(func() error { return do(o) })
	}
	return side.Wait()
}

func (r *race) apply(o target.Object) error {
	_, err := r.levee.Apply(context.Background(), production, target.Step{Verb: target.Correct, App: o.App, Object: o})
	return err
}

// send is the floor: each resource is applied, in the same order.
func (r *race) send(o target.Object) error {
	list, err := artefact.Resources(o.Document)
	if err != nil {
		return err
	}
	for _, one := range list {
		mapping, err := r.levee.api.Served(context.Background(), one.Kind())
		if err != nil {
			return err
		}
		raw, err := json.Marshal(one.Content)
		if err != nil {
			return err
		}
		var client dynamic.ResourceInterface = r.bare.Resource(mapping.Resource)
		if one.Namespace() != "" {
			client = r.bare.Resource(mapping.Resource).Namespace(one.Namespace())
		}
		if _, err := client.Patch(context.Background(), one.Name(), types.ApplyPatchType, raw, metav1.PatchOptions{FieldManager: "floor", Force: new(true)}); err != nil {
			return err
		}
	}
	return nil
}

// artefacts are apps of a version. Besides what every app becomes each has four resources of
// its own: a Deployment, a Service, a ConfigMap and a PodDisruptionBudget.
func (r *race) artefacts(c *cluster, version string, apps int) []target.Object {
	r.b.Helper()
	var all []target.Object
	for i := range apps {
		o := c.artefact(targettest.Object(fmt.Sprintf("app-%d", i), version, int64(i+1)))
		var document map[string]any
		if err := json.Unmarshal(o.Document, &document); err != nil {
			r.b.Fatal(err)
		}
		list, _ := document["resources"].([]any)
		for kind, content := range map[string]map[string]any{
			"v1/ConfigMap":                  {"data": map[string]any{"page": strings.Repeat("text ", 100)}},
			"policy/v1/PodDisruptionBudget": {"spec": map[string]any{"maxUnavailable": int64(1), "selector": map[string]any{"matchLabels": map[string]any{"levee.dev/app": o.App}}}},
		} {
			at := strings.LastIndexByte(kind, '/')
			content["apiVersion"], content["kind"] = kind[:at], kind[at+1:]
			content["metadata"] = map[string]any{"name": o.App + "-own", "namespace": c.namespace(production, o.App)}
			list = append(list, resource.Resource{Content: content})
		}
		document["resources"] = list
		o.Document, _ = json.Marshal(document) // came from JSON
		all = append(all, o)
	}
	return all
}

// mostMemory is the most memory that this process has had so far, in MB.
func mostMemory(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	_, _ = fmt.Sscan(rest, &kib)
	return kib / 1000
}
