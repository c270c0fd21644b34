package manifests

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/chart"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// TestMain serves as the child in which charts are rendered.
func TestMain(m *testing.M) {
	sandbox.Dispatch(sandbox.Jobs{chart.Job: chart.Serve})
	os.Exit(m.Run())
}

var charts chart.Renderer

const image = "registry.example.com/board@sha256:0000000000000000000000000000000000000000000000000000000000000000"

// documentOf is the runtime document of an app called board, with fields of spec in place of
// those it has.
func documentOf(t *testing.T, with string) json.RawMessage {
	t.Helper()
	var doc, more map[string]any
	for text, into := range map[string]*map[string]any{
		`{"app":"board","environment":"staging","title":"Board","version":"1.4.0","labels":{"costCenter":"fin-204","note":"a b"},
		"owner":{"person":"ana","team":"ops","fallback":"ben"},"classification":"internal","stage":"production",
		"runtime":{"type":"container","image":"` + image + `","cpu":0.25,"memory":268435456,"timeout":300,"concurrency":10,"schedule":"0 6 * * *","regions":[]},
		"access":{"sso":"oidc","groups":[],"scopes":[]},"egress":{},"secrets":[],"models":[],"data":[],"budget":{"monthly":50,"currency":"USD"}}`: &doc,
		with: &more,
	} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range more {
		if group, ok := value.(map[string]any); ok && doc[name] != nil {
			maps.Copy(doc[name].(map[string]any), group)
			continue
		}
		doc[name] = value
	}
	raw, err := catalog.Canonical(doc)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// filesOf is a chart of a template.
func filesOf(template string) []catalog.SubfolderFile {
	return []catalog.SubfolderFile{
		{Path: "Chart.yaml", Content: []byte("apiVersion: v2\nname: form\nversion: 1.0.0\n")},
		{Path: "templates/app.yaml", Content: []byte(template)},
	}
}

// become is what an app becomes, as YAML, one resource after the other.
func become(t *testing.T, list []resource.Resource) string {
	t.Helper()
	var out strings.Builder
	for _, r := range list {
		raw, err := yaml.Marshal(r.Content)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString("---\n" + string(raw))
	}
	return out.String()
}

func rendered(t *testing.T, source target.Source) []resource.Resource {
	t.Helper()
	app, faults, err := Render(t.Context(), &charts, source)
	if err != nil || len(faults) > 0 {
		t.Fatalf("it becomes %+v, %v", faults, err)
	}
	for _, r := range app.Resources {
		kind := strings.TrimSuffix(r.Kind().Kind+"."+r.Kind().Group, ".")
		if r.Path == "" && !slices.Contains(Kinds, kind) && AddedKinds[kind] == "" {
			t.Errorf("%s is of a kind that neither Kinds nor AddedKinds lists", r)
		}
	}
	return app.Resources
}

func names(list []resource.Resource) string {
	var all []string
	for _, r := range list {
		all = append(all, r.String())
	}
	return strings.Join(all, " ")
}

// TestBuiltIn: without a chart each type of app runs, in the order in which it is applied.
func TestBuiltIn(t *testing.T) {
	before := "Namespace/staging-board ResourceQuota/board LimitRange/board ServiceAccount/board NetworkPolicy/board ConfigMap/board"
	for kind, want := range map[string]string{
		"container": before + " Service/board Deployment/board", "function": before + " Service/board Deployment/board",
		"static": before + " Service/board Deployment/board", "scheduled": before + " CronJob/board",
	} {
		list := rendered(t, target.Source{Document: documentOf(t, `{"runtime":{"type":"`+kind+`"}}`)})
		if got := names(list); got != want {
			t.Errorf("an app of type %s becomes %s, want %s", kind, got, want)
		}
		for _, r := range list {
			if r.Kind().Kind != "Namespace" && r.Namespace() != "staging-board" {
				t.Errorf("%s is in %q", r, r.Namespace())
			}
			labels, _ := r.Metadata()["labels"].(map[string]any)
			annotations, _ := r.Metadata()["annotations"].(map[string]any)
			if labels[LabelApp] != "board" || labels["levee.dev/team"] != "ops" || labels["costCenter"] != "fin-204" || labels["note"] != nil || annotations["note"] != "a b" || annotations["levee.dev/budget"] != "50 USD a month" {
				t.Errorf("%s is marked %v, %v", r, labels, annotations)
			}
		}
	}
	if !slices.Contains(Types, "scheduled") || len(Types) != 4 {
		t.Errorf("the types are %v", Types)
	}
}

// TestCompleted: what a chart leaves out is filled in, so that a plain chart runs.
func TestCompleted(t *testing.T) {
	list := rendered(t, target.Source{Document: documentOf(t, `{}`), Files: filesOf(`
apiVersion: batch/v1
kind: Job
metadata: {name: {{ .Release.Name }}}
spec:
  template:
    metadata: {labels: {levee.dev/app: stolen}}
    spec:
      restartPolicy: Never
      containers: [{name: app, image: {{ .Values.runtime.image }}}]
`)})
	text := become(t, list[len(list)-1:])
	for _, want := range []string{
		"activeDeadlineSeconds: 300", "serviceAccountName: board", "automountServiceAccountToken: false", "runAsNonRoot: true", "type: RuntimeDefault",
		"allowPrivilegeEscalation: false", "- ALL", "cpu: 250m", "memory: 256Mi", "namespace: staging-board",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, "stolen") {
		t.Errorf("a chart says whose its pods are:\n%s", text)
	}
}

// TestSettings: what the catalog says of Kubernetes is so.
func TestSettings(t *testing.T) {
	for name, c := range map[string]struct {
		settings, document string
		has, hasNot        []string
	}{
		"egress by address":  {`{}`, `{"egress":{"a.example.com":"a"}}`, []string{"cidr: 0.0.0.0/0", "- 169.254.0.0/16", "port: 443"}, []string{"Cilium"}},
		"no egress":          {`{}`, `{}`, []string{"k8s-app: kube-dns"}, []string{"cidr:", "443"}},
		"egress by name":     {`{"hostNames":"cilium"}`, `{"egress":{"a.example.com":"a","*.b.example.com":"b"}}`, []string{"matchName: a.example.com", "matchPattern: '*.b.example.com'"}, []string{"cidr:"}},
		"ingress":            {`{"ingress":{"host":"{app}.{environment}.example.com","namespace":"ingress","annotations":{"auth":"{team}"},"tlsSecret":"{app}-tls"}}`, `{}`, []string{"kind: Ingress", "host: board.staging.example.com", "auth: ops", "secretName: board-tls", "kubernetes.io/metadata.name: ingress"}, nil},
		"gateway":            {`{"ingress":{"host":"{app}.example.com","gateway":"edge/main"}}`, `{}`, []string{"kind: HTTPRoute", "- board.example.com", "name: main"}, []string{"kind: Ingress"}},
		"a job has no users": {`{"ingress":{"host":"{app}.example.com"}}`, `{"runtime":{"type":"scheduled"}}`, nil, []string{"kind: Ingress"}},
		"sandbox":            {`{"ingress":{"host":"{app}.example.com"},"classes":[{"name":"sandbox","stages":["prototype"],"runtimeClass":"gvisor","noIngress":true}]}`, `{"stage":"prototype"}`, []string{"runtimeClassName: gvisor"}, []string{"kind: Ingress"}},
		"another class":      {`{"classes":[{"name":"sandbox","stages":["prototype"],"runtimeClass":"gvisor"}]}`, `{}`, nil, []string{"gvisor"}},
		"secrets by store":   {`{"secretStore":"vault"}`, `{"secrets":[{"name":"API_KEY","store":"vault","path":"kv/ops/board#key","ttl":900}]}`, []string{"kind: ExternalSecret", "key: kv/ops/board", "property: key", "refreshInterval: 900s", "key: API_KEY"}, []string{"vault.hashicorp.com"}},
		"secrets by agent":   {`{}`, `{"secrets":[{"name":"API_KEY","store":"vault","path":"kv/ops/board","ttl":900}]}`, []string{"vault.hashicorp.com/agent-inject-secret-API_KEY: kv/ops/board"}, []string{"ExternalSecret"}},
		"shared":             {`{"namespace":"apps-{team}"}`, `{}`, []string{"namespace: apps-ops"}, []string{"kind: Namespace", "ResourceQuota"}},
		"a flag":             {`{}`, `{"runbook":{"contact":"#ops","flag":"board-enabled"}}`, []string{`board-enabled: "true"`, "levee.dev/contact: '#ops'"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			text := become(t, rendered(t, target.Source{Document: documentOf(t, c.document), Settings: json.RawMessage(c.settings)}))
			for _, want := range c.has {
				if !strings.Contains(text, want) {
					t.Errorf("there is no %s in\n%s", want, text)
				}
			}
			for _, not := range c.hasNot {
				if strings.Contains(text, not) {
					t.Errorf("there is %s in\n%s", not, text)
				}
			}
		})
	}
}

// TestCannotBe: an app that cannot be in Kubernetes is told what to change.
func TestCannotBe(t *testing.T) {
	for document, want := range map[string]string{
		`{"runtime":{"type":"external"}}`:                   "runs elsewhere",
		`{"runtime":{"image":""}}`:                          "names none",
		`{"runtime":{"image":"x:1"}}`:                       "is not pinned",
		`{"runtime":{"type":"scheduled","schedule":""}}`:    "does not say when",
		`{"app":"` + strings.Repeat("a", 60) + `"}`:         "which cannot be",
		`{"environment":"` + strings.Repeat("e", 63) + `"}`: "which cannot be",
	} {
		_, faults, err := Render(t.Context(), &charts, target.Source{Document: documentOf(t, document)})
		if err != nil || len(faults) != 1 || !strings.Contains(faults[0].Message, want) || faults[0].Remedy == "" {
			t.Errorf("%s: it says %+v, %v, want %s", document, faults, err, want)
		}
	}
}

// TestRefused: what the gate refuses is told at the line of the template that says it.
func TestRefused(t *testing.T) {
	pod := func(more string) string {
		return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      ` + more + `
      containers:
      - name: app
        image: {{ .Values.runtime.image }}
`
	}
	for name, c := range map[string]struct {
		template string
		line     int
		want     string
	}{
		"a host network":     {pod("hostNetwork: true"), 10, "host namespaces"},
		"a host path":        {pod("volumes: [{name: a, hostPath: {path: /}}]"), 10, "hostPath"},
		"root":               {pod("securityContext: {runAsNonRoot: false}"), 10, "runAsNonRoot"},
		"an identity":        {pod("serviceAccountName: admin"), 10, "service account `admin`"},
		"a token":            {pod("automountServiceAccountToken: true"), 10, "a token for the cluster"},
		"a projected token":  {pod("volumes: [{name: a, projected: {sources: [{serviceAccountToken: {path: t}}]}}]"), 10, "a token for the cluster"},
		"a foreign secret":   {pod("volumes: [{name: a, secret: {secretName: others}}]"), 10, "`others` is not this app's"},
		"a runtime class":    {pod("runtimeClassName: weak"), 10, "runtime class `weak`"},
		"a node":             {pod("nodeName: one"), 10, "`nodeName`"},
		"a slip":             {pod("hostNetwrk: true"), 10, "field that Kubernetes does not know"},
		"another image":      {strings.Replace(pod("dnsPolicy: Default"), "{{ .Values.runtime.image }}", "evil", 1), 13, "image `evil`"},
		"a helper's image":   {pod("initContainers: [{name: i, image: evil, resources: {limits: {cpu: 1m, memory: 1Mi}}}]"), 10, "image `evil`"},
		"too much":           {pod("dnsPolicy: Default") + "        resources: {limits: {cpu: 4, memory: 1Gi}}\n", 14, "cpu 4 and memory 1Gi together"},
		"privileged":         {pod("dnsPolicy: Default") + "        securityContext:\n          privileged: true\n", 15, "privileged"},
		"another's variable": {pod("dnsPolicy: Default") + "        env: [{name: X, valueFrom: {secretKeyRef: {name: others, key: k}}}]\n", 14, "`X` comes from what is not this app's"},
		"another name":       {"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n", 4, "`other` is not this app's"},
		"another namespace":  {"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  namespace: kube-system\n  name: board-x\n", 4, "`kube-system` is not this app's"},
		"an owner":           {"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: board-x\n  ownerReferences: []\n", 5, "ownerReferences"},
		"a hook":             {"apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: board\n  annotations:\n    helm.sh/hook: pre-install\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: \"{{ .Values.runtime.image }}\"}]}}}\n", 6, "Hooks of charts are not run"},
		"a secret alone":     {"apiVersion: v1\nkind: Secret\nmetadata: {name: board}\n", 2, "no secret may lie in the catalog"},
		"rights":             {"apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: board}\n", 2, "no rights in the cluster"},
		"the whole cluster":  {"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: board}\n", 2, "no rights in the cluster"},
		"an unknown kind":    {"apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: board}\n", 2, "may not have a `Thing.example.com`"},
		"a load balancer":    {"apiVersion: v1\nkind: Service\nmetadata:\n  name: board\nspec:\n  type: LoadBalancer\n", 6, "opens the app"},
		"what is there":      {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: board}\n", 0, "given a `ConfigMap/board` by itself"},
		"twice":              {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: board-x}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: board-x}\n", 7, "is there twice"},
		"a pod in a list":    {"apiVersion: v1\nkind: List\nitems: []\nmetadata: {name: board}\n", 2, "may not have a `List`"},
	} {
		t.Run(name, func(t *testing.T) {
			_, faults, err := Render(t.Context(), &charts, target.Source{Document: documentOf(t, `{}`), Files: filesOf(c.template)})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range faults {
				if f.Path == "templates/app.yaml" && f.Line == c.line && strings.Contains(f.Message, c.want) && strings.HasSuffix(f.Message, ".") && strings.HasSuffix(f.Remedy, ".") {
					return
				}
			}
			t.Errorf("it says %+v, want line %d, %s", faults, c.line, c.want)
		})
	}
}
