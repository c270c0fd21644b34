package kubernetes

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/types"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// TestDriftedFields: what an API server keeps of who wrote what is what drift tells of it.
func TestDriftedFields(t *testing.T) {
	kubetest.Skip(t)
	s := newStage(t)
	o := targettest.Object("board", "1.0.0", 1)
	s.mustApply(o)
	want := func(want ...target.Drifted) {
		t.Helper()
		if got := s.observe(o.App).Drifted; !slices.Equal(got, want) {
			t.Errorf("drifted are %+v, not %+v", got, want)
		}
	}
	want()
	s.tamper(production, o.App)
	want(target.Drifted{What: "Deployment/board", Field: "spec.replicas", By: "kubectl-edit"})
	s.mustApply(o)
	want()
	_, err := s.client.Resource(deployments).Namespace(s.namespace(production, o.App)).Patch(t.Context(), o.App, types.MergePatchType, []byte(`{"spec":{"replicas":3}}`), metav1.PatchOptions{FieldManager: "a-scaler"}, "scale")
	if err != nil {
		t.Fatal(err)
	}
	want(target.Drifted{What: "Deployment/board", Field: "spec.replicas", By: "a-scaler"})
	s.mustApply(o)
	if err := s.client.Resource(deployments).Namespace(s.namespace(production, o.App)).Delete(t.Context(), o.App, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	want(target.Drifted{What: "Deployment/board"})
	if drift := s.observe(o.App).Drift; !strings.Contains(drift, "Deployment/board is ") {
		t.Errorf("drift is %q", drift)
	}
}

// TestLooksSideBySide: whoever looks at an app while somebody else does sees its drift, or would
// leave it as it is; what somebody acts on is not judged meanwhile.
func TestLooksSideBySide(t *testing.T) {
	s := newStage(t)
	s.mustApply(targettest.Object("board", "1.0.0", 1))
	s.patch(deployments, s.namespace(production, "board"), "board", `{"spec":{"replicas":3}}`)
	lock := s.target.observer.acting.of(production, "board")
	drift := func(apps ...string) string {
		t.Helper()
		seen, err := s.target.Observe(t.Context(), production, apps...)
		if err != nil {
			t.Fatal(err)
		}
		return seen.Apps["board"].Drift
	}
	lock.RLock()
	if one, all := drift("board"), drift(); one == "" || all == "" {
		t.Errorf("beside another look it has drifted by %q, and with all by %q", one, all)
	}
	lock.RUnlock()
	lock.Lock()
	if one := drift("board"); one != "" {
		t.Errorf("while it is acted on it has drifted by %q", one)
	}
	lock.Unlock()
}
