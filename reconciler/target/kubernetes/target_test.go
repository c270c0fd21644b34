package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/chart"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/workload"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// shared checks the types in policies, and lets go of volume claims that nothing uses, besides
// what every control plane does.
var shared = kubetest.Shared{Options: kubetest.Options{
	Controllers: append(kubetest.DefaultControllers(), "validatingadmissionpolicy-status-controller", "persistentvolumeclaim-protection-controller"),
}}

// TestMain serves as the child in which charts are rendered.
func TestMain(m *testing.M) {
	sandbox.Dispatch(sandbox.Jobs{chart.Job: chart.Serve})
	os.Exit(shared.Run(m))
}

// cluster is a place of its own in the shared control plane: a namespace for configMaps, and
// a beginning for those of apps.
type cluster struct {
	*kubetest.Cluster
	t      testing.TB
	client dynamic.Interface
	prefix string
	render *Renderer
	// settings are those of the catalog for Kubernetes, besides its namespaces.
	settings map[string]any
	files    []catalog.SubfolderFile // the chart of each app's blueprint; none is the built-in one
}

var (
	namespaces  = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
)

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{Cluster: shared.Cluster(t), t: t, render: renderer}
	c.prefix = c.Prefix(t)
	c.connect()
	c.makeNamespace(c.prefix + "levee")
	return c
}

func (c *cluster) connect() {
	c.t.Helper()
	var err error
	if c.client, err = dynamic.NewForConfig(c.Config()); err != nil {
		c.t.Fatal(err)
	}
}

var renderer = &Renderer{}

func (c *cluster) makeNamespace(name string) {
	c.t.Helper()
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name}}}
	if _, err := c.client.Resource(namespaces).Create(context.Background(), object, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		c.t.Fatal(err)
	}
}

// open is a target that remembers nothing.
func (c *cluster) open() *Target {
	c.t.Helper()
	return c.openWith(nil)
}

// openWith is one that calls a function before each request.
func (c *cluster) openWith(before func()) *Target {
	c.t.Helper()
	config := c.Config()
	if before != nil {
		config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &counting{next, before} })
	}
	t, err := New(Options{Config: config, Namespace: c.prefix + "levee", QPS: 1000})
	if err != nil {
		c.t.Fatal(err)
	}
	return t
}

type counting struct {
	next   http.RoundTripper
	before func()
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.before()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return c.next.RoundTrip(r)
}

func (c *cluster) namespace(environment, app string) string {
	return c.prefix + environment + "-" + app
}

// artefact is an object with the document that the suite gives rendered, as the reconciler
// does it before.
func (c *cluster) artefact(o target.Object) target.Object {
	c.t.Helper()
	set := map[string]any{"namespace": c.prefix + "{environment}-{app}"}
	maps.Copy(set, c.settings)
	settings, _ := json.Marshal(set) // plain values
	var known struct{ App string }
	if json.Unmarshal(o.Document, &known) != nil {
		return o // half a document, say
	}
	if known.App == "" {
		o.Document = c.plain(o.Document)
		return o
	}
	if known.App != o.App || target.CheckNames("x", o.App) != nil {
		return o
	}
	document, faults, err := c.render.Render(context.Background(), target.Source{Document: o.Document, Settings: settings, Files: c.files})
	if err != nil || len(faults) > 0 {
		c.t.Fatalf("render %s: %+v, %v", o.App, faults, err)
	}
	o.Document = document
	return o
}

// plain is an artefact of a document that is nobody's: a config map with all there is in it.
func (c *cluster) plain(document json.RawMessage) json.RawMessage {
	var fields map[string]any
	if json.Unmarshal(document, &fields) != nil {
		return document
	}
	data := map[string]any{}
	for name, value := range fields {
		data[name] = fmt.Sprint(value)
	}
	fields["resources"] = []any{map[string]any{"content": map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "data": data, "metadata": map[string]any{"name": "all", "namespace": c.prefix + "levee"},
	}}}
	raw, _ := json.Marshal(fields) // came from JSON
	return raw
}

// rendering hands a target what the suite gives it, rendered.
type rendering struct {
	*Target
	c *cluster
}

func (r rendering) Apply(ctx context.Context, environment string, step target.Step) (target.Receipt, error) {
	step.Object = r.c.inEnvironment(environment, step.Object)
	return r.Target.Apply(ctx, environment, step)
}

func (r rendering) Preview(ctx context.Context, environment string, o target.Object) (target.Preview, error) {
	return r.Target.Preview(ctx, environment, r.c.inEnvironment(environment, o))
}

// inEnvironment is an artefact for another environment than the suite's documents are for.
func (c *cluster) inEnvironment(environment string, o target.Object) target.Object {
	var fields map[string]any
	if json.Unmarshal(o.Document, &fields) == nil && fields["environment"] != nil && target.CheckNames(environment) == nil && fields["environment"] != environment {
		fields["environment"] = environment
		o.Document, _ = catalog.Canonical(fields) // came from JSON
	}
	return c.artefact(o)
}

// runs is the digest of what runs: by the version that the live workload has.
func (c *cluster) runs(environment, app string) catalog.Digest {
	live, err := c.client.Resource(deployments).Namespace(c.namespace(environment, app)).Get(context.Background(), app, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return ""
	}
	if err != nil {
		c.t.Fatal(err)
	}
	if !workload.Runs(live) || live.GetLabels()[manifests.LabelInventory] == "" {
		return ""
	}
	version := live.GetAnnotations()["levee.dev/version"]
	return targettest.Object(app, version, 1).Render
}

// tamper scales what runs, as people do.
func (c *cluster) tamper(environment, app string) {
	c.patch(deployments, c.namespace(environment, app), app, `{"spec":{"replicas":3}}`)
}

func (c *cluster) patch(kind schema.GroupVersionResource, namespace, name, patch string) {
	c.t.Helper()
	_, err := c.client.Resource(kind).Namespace(namespace).Patch(context.Background(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: "kubectl-edit"})
	if err != nil {
		c.t.Fatal(err)
	}
}

// plant puts somebody else's namespace, with a config map, where an app would go.
func (c *cluster) plant(environment, app string) (untouched func() bool) {
	name := c.namespace(environment, app)
	c.makeNamespace(name)
	before, err := c.client.Resource(namespaces).Get(context.Background(), name, metav1.GetOptions{})
	if err != nil {
		c.t.Fatal(err)
	}
	return func() bool {
		after, err := c.client.Resource(namespaces).Get(context.Background(), name, metav1.GetOptions{})
		return err == nil && after.GetUID() == before.GetUID() && len(after.GetLabels()) == len(before.GetLabels()) && after.GetDeletionTimestamp() == nil
	}
}

// ofControllers are the names of what controllers put into every namespace, in their own time.
var ofControllers = []string{"kube-root-ca.crt", "default"}

// print is what Levee wrote and has not been deleted, without what controllers add.
func (c *cluster) print() string {
	var lines []string
	for _, kind := range []schema.GroupVersionResource{
		{Version: "v1", Resource: "configmaps"}, {Version: "v1", Resource: "services"}, {Version: "v1", Resource: "serviceaccounts"},
		{Version: "v1", Resource: "namespaces"}, deployments, {Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies"},
	} {
		list, err := c.client.Resource(kind).List(context.Background(), metav1.ListOptions{})
		if err != nil {
			c.t.Fatal(err)
		}
		for _, o := range list.Items {
			if strings.HasPrefix(o.GetNamespace()+o.GetName(), c.prefix) && !slices.Contains(ofControllers, o.GetName()) {
				lines = append(lines, fmt.Sprintln(kind.Resource, o.GetNamespace(), o.GetName(), o.GetUID(), o.GetGeneration(), o.Object["data"], o.Object["spec"]))
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func TestTarget(t *testing.T) {
	kubetest.Skip(t)
	targettest.TestTarget(t, func(t *testing.T) targettest.World {
		c := newCluster(t)
		return targettest.World{
			Target: rendering{c.open(), c}, Runs: c.runs, Tamper: c.tamper, Plant: c.plant, Print: c.print,
			Restart: func() target.Target { return rendering{c.open(), c} },
		}
	})
}
