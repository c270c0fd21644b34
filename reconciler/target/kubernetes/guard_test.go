package kubernetes

import (
	"context"
	"errors"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/admission"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// TestGuardRefuses: whoever may do everything by RBAC cannot write what Levee runs, nor put
// anything beside it; and is told whose it is and what to do.
func TestGuardRefuses(t *testing.T) {
	g := newGuarded(t, admission.Deny, admission.Deny)
	ctx, home, pod := t.Context(), g.prefix+"levee", g.pod()
	g.makeNamespace(g.prefix + "other")
	patches := func(name, patch string, subresource ...string) error {
		_, err := g.ana.Resource(namespaces).Patch(ctx, name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}, subresource...)
		return err
	}
	g.within("controllers put theirs there", func() error {
		_, err := g.client.Resource(configMaps).Namespace(g.app).Get(ctx, ofControllers[0], metav1.GetOptions{})
		return err
	})
	label := map[string]any{manifests.LabelInventory: home}
	const none = `{"metadata":{"labels":{"levee.dev/inventory":null}}}`
	const owner = `{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"x","uid":"11111111-1111-1111-1111-111111111111"}]}}`
	const belongs, unlisted = "belongs to Levee, whose inventories lie in ", "was not admitted"
	for what, try := range map[string]struct {
		err  error
		says string
	}{
		"edit":                        {g.patches(deployments, "board", `{"spec":{"replicas":2}}`, metav1.PatchOptions{}), "deployments " + g.app + "/board " + belongs + home + ": ana is not to update it. Change it by a pull request"},
		"what to do":                  {g.patches(deployments, "board", `{"spec":{"replicas":2}}`, metav1.PatchOptions{}), "`levee quarantine board`, or take this guard away with `kubectl delete validatingadmissionpolicybindings -l levee.dev/guard=" + home + "`"},
		"annotate":                    {g.patches(services, "board", `{"metadata":{"annotations":{"x":"y"}}}`, metav1.PatchOptions{}), belongs},
		"scale":                       {g.patches(deployments, "board", `{"spec":{"replicas":2}}`, metav1.PatchOptions{}, "scale"), "deployments/scale " + g.app + "/board " + belongs},
		"delete":                      {g.ana.Resource(deployments).Namespace(g.app).Delete(ctx, "board", metav1.DeleteOptions{}), "ana is not to delete it"},
		"delete all":                  {g.ana.Resource(deployments).Namespace(g.app).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}), "ana is not to delete it"},
		"label off":                   {g.patches(deployments, "board", none, metav1.PatchOptions{}), belongs},
		"label off by status":         {g.patches(services, "board", none, metav1.PatchOptions{}, "status"), belongs},
		"owner by status":             {g.patches(services, "board", owner, metav1.PatchOptions{}, "status"), belongs},
		"finalizer by status":         {g.patches(services, "board", `{"metadata":{"finalizers":["example.com/keep"]}}`, metav1.PatchOptions{}, "status"), belongs},
		"label on":                    {g.create("extra", label), "has the label levee.dev/inventory=" + home + ", which only Levee puts on"},
		"label on elsewhere":          {g.createIn(g.prefix+"other", "extra", label), "which only Levee puts on"},
		"unlisted":                    {g.create("extra", nil), "configmaps " + g.app + "/extra " + unlisted},
		"edit what controllers put":   {g.patches(configMaps, ofControllers[0], `{"data":{"x":"y"}}`, metav1.PatchOptions{}), unlisted},
		"edit a pod":                  {g.patches(pods, pod, `{"metadata":{"labels":{"x":"y"}}}`, metav1.PatchOptions{}), unlisted},
		"debug a pod":                 {g.debug(pod), "pods/ephemeralcontainers " + g.app + "/" + pod + " " + unlisted},
		"delete namespace":            {g.ana.Resource(namespaces).Delete(ctx, g.app, metav1.DeleteOptions{}), "namespaces " + g.app + " " + belongs},
		"namespace's label off":       {patches(g.app, none), belongs},
		"namespace's label by status": {patches(g.app, none, "status"), belongs},
		"label on another namespace":  {patches(g.prefix+"other", `{"metadata":{"labels":{"levee.dev/inventory":"`+home+`"}}}`), "which only Levee puts on"},
		"finalize the namespace":      {g.finalize(ctx), "namespaces/finalize " + g.app + " " + belongs},
		"loosen the namespace":        {patches(g.app, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`), belongs},
		"edit an inventory":           {g.inventory(home, `{"data":{"inventory.json":"{}"}}`), belongs},
		"inventory's label off":       {g.inventory(home, none), belongs},
		"forge an inventory":          {g.createIn(home, "production.desk", map[string]any{manifests.LabelInventory: home, inventory.LabelRole: inventory.Role}), "which only Levee puts on"},
		"delete all inventories":      {g.ana.Resource(configMaps).Namespace(home).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: inventory.LabelRole}), belongs},
		"delete where they lie":       {g.ana.Resource(namespaces).Delete(ctx, home, metav1.DeleteOptions{}), "namespaces " + home + " " + belongs},
	} {
		if !apierrors.IsForbidden(try.err) || !strings.Contains(try.err.Error(), try.says) {
			t.Errorf("%s: it says %v, not %q", what, try.err, try.says)
		}
	}
	if seen := g.observe("board"); seen.Drift != "" || seen.Health.State != target.Ready {
		t.Errorf("afterwards it is %+v", seen)
	}
}

// finalize has Ana end the namespace of the app whatever is left in it.
func (g *guarded) finalize(ctx context.Context) error {
	live, err := g.ana.Resource(namespaces).Get(ctx, g.app, metav1.GetOptions{})
	if err != nil {
		return err
	}
	unstructured.RemoveNestedField(live.Object, "spec", "finalizers")
	_, err = g.ana.Resource(namespaces).Update(ctx, live, metav1.UpdateOptions{}, "finalize")
	return err
}

// debug has Ana add a container to a running pod.
func (g *guarded) debug(pod string) error {
	return g.patches(pods, pod, `{"spec":{"ephemeralContainers":[{"name":"x","image":"x","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}`, metav1.PatchOptions{}, "ephemeralcontainers")
}

// inventory has Ana patch that of the app.
func (g *guarded) inventory(home, patch string) error {
	_, err := g.ana.Resource(configMaps).Namespace(home).Patch(context.Background(), inventory.Name(production, "board"), types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	return err
}

// TestGuardLetsThrough: what keeps a cluster going is written by others as before: status,
// events, leases, the end of pods, the scale by autoscalers, and all that is elsewhere.
func TestGuardLetsThrough(t *testing.T) {
	g := newGuarded(t, admission.Deny, admission.Deny)
	ctx := t.Context()
	g.makeNamespace(g.prefix + "other")
	autoscaler, err := dynamic.NewForConfig(g.ConfigFor(t, "system:serviceaccount:kube-system:horizontal-pod-autoscaler", "system:masters", "system:serviceaccounts", "system:serviceaccounts:kube-system"))
	if err != nil {
		t.Fatal(err)
	}
	_, scaled := autoscaler.Resource(deployments).Namespace(g.app).Patch(ctx, "board", types.MergePatchType, []byte(`{"spec":{"replicas":1}}`), metav1.PatchOptions{}, "scale")
	for what, err := range map[string]error{
		"the scale, by an autoscaler": scaled,
		"status":                      g.patches(services, "board", `{"status":{"conditions":[{"type":"X","status":"True","reason":"X","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}`, metav1.PatchOptions{}, "status"),
		"a lease":                     g.makes(leases, "{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: leader}}"),
		"an event": g.makes(events, `{apiVersion: events.k8s.io/v1, kind: Event, metadata: {name: new}, eventTime: "2026-01-01T00:00:00.000000Z", action: X,
  reason: X, type: Normal, reportingController: example.com/x, reportingInstance: x, regarding: {namespace: `+g.app+`}}`),
		"an event of the old kind":           g.makes(oldEvents, "{apiVersion: v1, kind: Event, metadata: {name: old}, involvedObject: {namespace: "+g.app+"}}"),
		"an eviction":                        g.makes(pods, "{apiVersion: policy/v1, kind: Eviction, metadata: {name: "+g.pod()+"}}", "eviction"),
		"the end of pods":                    g.ana.Resource(pods).Namespace(g.app).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}),
		"a config map elsewhere":             g.createIn(g.prefix+"other", "extra", nil),
		"a config map beside those of Levee": g.createIn(g.prefix+"levee", "levee-config", nil),
		"a namespace":                        g.ana.Resource(namespaces).Delete(ctx, g.prefix+"other", metav1.DeleteOptions{}),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	g.await("board", "ready again", state(target.Ready))
}

// TestGuardLetsGo: what is being deleted is let go of by whoever holds it, and no more than that
// is done to it.
func TestGuardLetsGo(t *testing.T) {
	g := newGuarded(t, admission.Deny, admission.Deny)
	g.patch(services, g.app, "board", `{"metadata":{"finalizers":["example.com/keep"]}}`)
	if err := g.client.Resource(services).Namespace(g.app).Delete(t.Context(), "board", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	for what, patch := range map[string]string{
		"label":   `{"metadata":{"finalizers":null,"labels":{"levee.dev/inventory":null}}}`,
		"content": `{"metadata":{"finalizers":null},"spec":{"publishNotReadyAddresses":true}}`,
	} {
		if err := g.patches(services, "board", patch, metav1.PatchOptions{}); !apierrors.IsForbidden(err) {
			t.Errorf("the %s of what is being deleted: %v", what, err)
		}
	}
	if err := g.patches(services, "board", `{"metadata":{"finalizers":null}}`, metav1.PatchOptions{}); err != nil {
		t.Errorf("the finalizer of what is being deleted: %v", err)
	}
}

// TestGuardKeepsLeveeGoing: under a guard an app is changed, corrected, contained, released and
// removed, and controllers make pods of it and take them away.
func TestGuardKeepsLeveeGoing(t *testing.T) {
	g := newGuarded(t, admission.Deny, admission.Deny)
	next := targettest.Object("board", "1.1.0", 2)
	g.mustApply(next)
	g.await("board", "ready as 1.1.0", state(target.Ready))
	g.patch(deployments, g.app, "board", `{"spec":{"replicas":3}}`)
	g.mustApply(next)
	if _, err := g.target.Quarantine(t.Context(), production, "board", target.Mark{Reason: "leak"}); err != nil {
		t.Fatal(err)
	}
	if err := g.ana.Resource(policies).Namespace(g.app).Delete(t.Context(), "board-levee-contained", metav1.DeleteOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("what refuses the traffic of a contained app is taken away: %v", err)
	}
	g.within("no pod is left", func() error {
		list, err := g.client.Resource(pods).Namespace(g.app).List(t.Context(), metav1.ListOptions{})
		if err == nil && len(list.Items) > 0 {
			err = errors.New("there are pods")
		}
		return err
	})
	if _, err := g.target.Release(t.Context(), production, "board"); err != nil {
		t.Fatal(err)
	}
	g.mustApply(next)
	g.await("board", "ready after its release", state(target.Ready))
	desk := targettest.Object("desk", "1.0.0", 3)
	g.mustApply(desk)
	g.await("desk", "ready", state(target.Ready))
	if _, err := g.target.Remove(t.Context(), production, "board", targettest.Fence(4)); err != nil {
		t.Fatal(err)
	}
	if _, err := g.client.Resource(namespaces).Get(t.Context(), g.app, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("the namespace is still there: %v", err)
	}
}

// TestGuardReports: where nothing is refused, whoever writes is told, and so is the audit log.
func TestGuardReports(t *testing.T) {
	g := newGuarded(t, admission.Report, admission.Report)
	for says, do := range map[string]func() error{
		"deployments " + g.app + "/board belongs to Levee": func() error { return g.patches(deployments, "board", `{"spec":{"replicas":2}}`, metav1.PatchOptions{}) },
		"deployments/scale " + g.app + "/board belongs to": func() error {
			return g.patches(deployments, "board", `{"spec":{"replicas":3}}`, metav1.PatchOptions{}, "scale")
		},
		"configmaps " + g.app + "/extra was not admitted": func() error { return g.create("extra", nil) },
	} {
		g.told.reset()
		if err := do(); err != nil {
			t.Error(err)
		}
		if !strings.Contains(g.told.all(), says) {
			t.Errorf("Ana is warned %q, not %q", g.told.all(), says)
		}
	}
	if seen := g.observe("board"); !strings.Contains(seen.Drift, "Deployment/board was changed") {
		t.Errorf("afterwards it is %+v", seen)
	}
}

// TestGuardTakenAway: what the message of a refusal says to do in an emergency works.
func TestGuardTakenAway(t *testing.T) {
	g := newGuarded(t, admission.Deny, admission.Report)
	all := metav1.ListOptions{LabelSelector: admission.LabelGuard + "=" + g.prefix + "levee"}
	if err := g.ana.Resource(admissionBindings).DeleteCollection(t.Context(), metav1.DeleteOptions{}, all); err != nil {
		t.Fatal(err)
	}
	g.within("Ana may write", func() error { return g.patches(deployments, "board", `{"spec":{"replicas":2}}`, metav1.PatchOptions{}) })
}

// TestNoInventory: what lies under the name of an inventory or of a witness, and is none, is
// believed in nothing, written by nobody, and hides no other app.
func TestNoInventory(t *testing.T) {
	s := newStage(t)
	board, desk := targettest.Object("board", "1.0.0", 1), targettest.Object("desk", "1.0.0", 1)
	plant := func(name string, data map[string]any) {
		t.Helper()
		object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": data, "metadata": map[string]any{"name": name}}}
		if _, err := s.client.Resource(configMaps).Namespace(s.prefix+"levee").Create(t.Context(), object, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	plant(inventory.Name(production, "board"), map[string]any{"inventory.json": `{"render":"` + string(board.Render) + `","fence":{"admission":9}}`})
	s.mustApply(desk)
	for range 2 { // the first look reads all configMaps, the second one by name
		inventory, err := s.target.Observe(t.Context(), production, "board", "desk")
		if err != nil || len(inventory.Apps) != 1 || inventory.Witness.Admission != 1 {
			t.Errorf("it is observed as %+v, %v", inventory, err)
		}
	}
	if _, err := s.apply(board); !errors.Is(err, target.ErrForeign) || !strings.Contains(err.Error(), "ConfigMap production.board") {
		t.Errorf("applying says %v", err)
	}
	plant(production, map[string]any{"witness": `{"admission":9}`})
	if _, err := s.target.Remove(t.Context(), production, "desk", targettest.Fence(2)); !errors.Is(err, target.ErrForeign) {
		t.Errorf("removing says %v", err)
	}
}
