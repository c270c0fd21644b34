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
