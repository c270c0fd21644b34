package kubernetes

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/admission"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

var (
	pods              = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	services          = schema.GroupVersionResource{Version: "v1", Resource: "services"}
	leases            = schema.GroupVersionResource{Group: "coordination.k8s.io", Version: "v1", Resource: "leases"}
	oldEvents         = schema.GroupVersionResource{Version: "v1", Resource: "events"}
	events            = schema.GroupVersionResource{Group: "events.k8s.io", Version: "v1", Resource: "events"}
	admissionPolicies = schema.GroupVersionResource{Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingadmissionpolicies"}
	admissionBindings = schema.GroupVersionResource{Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingadmissionpolicybindings"}
)

// guarded is a stage on which the daemon acts as a user of its own, and in production as yet
// another one. Beside it is Ana, whom RBAC lets do everything.
type guarded struct {
	*stage
	ana  dynamic.Interface
	told *warnings // Ana
	app  string    // the namespace of the app board in production
}

// newGuarded applies the app board and then installs a guard, as it is printed.
func newGuarded(t *testing.T, owned, unlisted admission.Action) *guarded {
	t.Helper()
	c := newCluster(t)
	home := c.prefix + "levee"
	daemon, deployer := "system:serviceaccount:"+home+":levee", c.prefix+"deployer"
	c.mayDoAll(deployer)
	levee, err := New(Options{Config: c.ConfigFor(t, daemon, "system:masters"), Namespace: home, Impersonate: map[string]string{production: deployer}, QPS: 1000})
	if err != nil {
		t.Fatal(err)
	}
	g := &guarded{stage: &stage{c, rendering{levee, c}}, told: &warnings{}, app: c.namespace(production, "board")}
	config := c.ConfigFor(t, "ana", "system:masters")
	config.WarningHandler = g.told
	if g.ana, err = dynamic.NewForConfig(config); err != nil {
		t.Fatal(err)
	}
	g.mustApply(targettest.Object("board", "1.0.0", 1))
	g.await("board", "ready", state("ready"))
	// kwok plays the kubelets, and the test cleans up as the user kubetest.
	g.install(admission.Guard{Inventory: home, Users: []string{daemon, deployer, "kwok", "kubetest"}, Owned: owned, Unlisted: unlisted})
	return g
}

// mayDoAll gives a user every right.
func (c *cluster) mayDoAll(user string) {
	c.t.Helper()
	roles := c.client.Resource(schema.GroupVersionResource{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterrolebindings"})
	binding := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": map[string]any{"name": user},
		"roleRef":  map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
		"subjects": []any{map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}},
	}}
	if _, err := roles.Create(context.Background(), binding, metav1.CreateOptions{}); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = roles.Delete(context.Background(), user, metav1.DeleteOptions{}) })
}

// install applies a guard, and waits until the API server holds writes against it and has
// checked its expressions.
func (g *guarded) install(guard admission.Guard) {
	g.t.Helper()
	text, err := guard.YAML()
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(g.uninstall)
	for _, document := range bytes.Split(text, []byte("\n---\n"))[1:] {
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &object.Object); err != nil {
			g.t.Fatal(err)
		}
		kind := admissionPolicies
		if object.GetKind() == "ValidatingAdmissionPolicyBinding" {
			kind = admissionBindings
		}
		if _, err := g.client.Resource(kind).Create(context.Background(), object, metav1.CreateOptions{}); err != nil {
			g.t.Fatalf("install the guard: %v", err)
		}
	}
	g.within("the guard stands", func() error {
		list, err := g.client.Resource(admissionPolicies).List(context.Background(), metav1.ListOptions{LabelSelector: admission.LabelGuard + "=" + guard.Inventory})
		if err != nil {
			return err
		}
		for _, policy := range list.Items {
			seen, _, _ := unstructured.NestedInt64(policy.Object, "status", "observedGeneration")
			if seen != policy.GetGeneration() {
				return fmt.Errorf("the types in %s are not checked", policy.GetName())
			}
			if wrong, found, _ := unstructured.NestedSlice(policy.Object, "status", "typeChecking", "expressionWarnings"); found {
				g.t.Fatalf("the types in %s: %v", policy.GetName(), wrong)
			}
		}
		return g.probe(guard)
	})
}

// probe tries one write of each sort, without writing: policies and bindings are read by the API
// server one after the other.
func (g *guarded) probe(guard admission.Guard) error {
	dry := metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}}
	for what, try := range map[string]struct {
		action admission.Action
		do     func() error
	}{
		"-scale": {guard.Owned, func() error { return g.patches(deployments, "board", `{"spec":{"replicas":2}}`, dry, "scale") }},
		"-home": {guard.Owned, func() error {
			return g.ana.Resource(namespaces).Delete(context.Background(), guard.Inventory, metav1.DeleteOptions{DryRun: dry.DryRun})
		}},
		"levee-owned":    {guard.Owned, func() error { return g.patches(deployments, "board", `{"spec":{"replicas":2}}`, dry) }},
		"levee-unlisted": {guard.Unlisted, func() error { return g.create("extra", nil, dry.DryRun...) }},
	} {
		g.told.reset()
		err := try.do()
		if refused := apierrors.IsForbidden(err); refused != (try.action == admission.Deny) || !refused && !strings.Contains(g.told.all(), what) {
			return fmt.Errorf("%s does not stand yet: %v, warnings %q", what, err, g.told.all())
		}
	}
	g.told.reset()
	return nil
}

func (g *guarded) uninstall() {
	all := metav1.ListOptions{LabelSelector: admission.LabelGuard + "=" + g.prefix + "levee"}
	for _, kind := range []schema.GroupVersionResource{admissionBindings, admissionPolicies} {
		if err := g.client.Resource(kind).DeleteCollection(context.Background(), metav1.DeleteOptions{}, all); err != nil {
			g.t.Errorf("take the guard away: %v", err)
		}
	}
}

// within waits until something is so.
func (g *guarded) within(what string, is func() error) {
	g.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		err := is()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			g.t.Fatalf("after a minute it is not so that %s: %v", what, err)
		}
	}
}

// patches has Ana patch something in the namespace of the app.
func (g *guarded) patches(kind schema.GroupVersionResource, name, patch string, o metav1.PatchOptions, subresource ...string) error {
	_, err := g.ana.Resource(kind).Namespace(g.app).Patch(context.Background(), name, types.MergePatchType, []byte(patch), o, subresource...)
	return err
}

// create has Ana make a config map in the namespace of the app.
func (g *guarded) create(name string, labels map[string]any, dryRun ...string) error {
	return g.createIn(g.app, name, labels, dryRun...)
}

func (g *guarded) createIn(namespace, name string, labels map[string]any, dryRun ...string) error {
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name, "labels": labels}}}
	_, err := g.ana.Resource(configMaps).Namespace(namespace).Create(context.Background(), object, metav1.CreateOptions{DryRun: dryRun})
	return err
}

// makes has Ana make something in the namespace of the app.
func (g *guarded) makes(kind schema.GroupVersionResource, text string, subresource ...string) error {
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil {
		return err
	}
	_, err := g.ana.Resource(kind).Namespace(g.app).Create(context.Background(), object, metav1.CreateOptions{}, subresource...)
	return err
}

// pod is the name of a pod of the app.
func (g *guarded) pod() string {
	g.t.Helper()
	list, err := g.client.Resource(pods).Namespace(g.app).List(context.Background(), metav1.ListOptions{})
	if err != nil || len(list.Items) == 0 {
		g.t.Fatalf("the app has no pods: %v", err)
	}
	return list.Items[0].GetName()
}

// warnings are those that the API server sends with its answers.
type warnings struct {
	mu   sync.Mutex
	list []string
}

// HandleWarningHeader implements rest.WarningHandler.
func (w *warnings) HandleWarningHeader(_ int, _, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, text)
}

func (w *warnings) all() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.list, "\n")
}

func (w *warnings) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = nil
}
