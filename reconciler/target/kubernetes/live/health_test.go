package live

import (
	"encoding/json"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// TestEnding: what was stopped has ended once no pods of it are there, and not before.
func TestEnding(t *testing.T) {
	object := func(kind string, spec, status map[string]any) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{"kind": kind, "spec": spec, "status": status}}
	}
	stop, suspend := map[string]any{"replicas": int64(0)}, map[string]any{"suspend": true}
	for name, c := range map[string]struct {
		live *unstructured.Unstructured
		want string
	}{
		"it has ended":            {object("Deployment", stop, map[string]any{"observedGeneration": int64(2)}), ""},
		"a pod is there":          {object("Deployment", stop, map[string]any{"replicas": int64(1)}), "pods of Deployment/board have not ended yet"},
		"a pod is ending":         {object("Deployment", stop, map[string]any{"terminatingReplicas": int64(1)}), "pods of Deployment/board have not ended yet"},
		"it was not stopped":      {object("Deployment", map[string]any{"replicas": int64(1)}, map[string]any{"replicas": int64(1)}), ""},
		"a run goes on":           {object("CronJob", suspend, map[string]any{"active": []any{map[string]any{"name": "board-1"}}}), "pods of CronJob/board have not ended yet"},
		"no run is under way":     {object("CronJob", suspend, map[string]any{"active": []any{}}), ""},
		"a job goes on":           {object("Job", suspend, map[string]any{"active": int64(1)}), "pods of Job/board have not ended yet"},
		"what never has any pods": {object("ConfigMap", nil, nil), ""},
	} {
		t.Run(name, func(t *testing.T) {
			ref := resource.Ref{Kind: c.live.GetKind(), Name: "board"}
			found := &Resources{all: map[string]*unstructured.Unstructured{ref.Key(): c.live}}
			if got := Ending(&inventory.Inventory{Resources: []resource.Ref{ref}}, found); got != c.want {
				t.Errorf("it says %q, not %q", got, c.want)
			}
		})
	}
}

// TestHealthWhileOneLeaves: how an app does while one workload takes the place of another is told by the one that comes.
func TestHealthWhileOneLeaves(t *testing.T) {
	object := func(text string) *unstructured.Unstructured {
		o := &unstructured.Unstructured{}
		if err := json.Unmarshal([]byte(text), &o.Object); err != nil {
			t.Fatal(err)
		}
		return o
	}
	inv, found := &inventory.Inventory{}, &Resources{all: map[string]*unstructured.Unstructured{}}
	for _, o := range []*unstructured.Unstructured{
		object(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"board"},"spec":{"replicas":1},"status":{"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}}`),
		object(`{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"board","generation":1},"spec":{"replicas":1},"status":{"observedGeneration":"1","phase":"Progressing","message":"it comes"}}`),
	} {
		ref := resource.Ref{APIVersion: o.GetAPIVersion(), Kind: o.GetKind(), Name: o.GetName(), Leaving: o.GetKind() == "Deployment"}
		inv.Resources = append(inv.Resources, ref)
		found.add(ref, o)
	}
	if h := HealthOf(inv, found, ""); h.State != target.Progressing || h.Reason != "Rollout/board: it comes" {
		t.Errorf("it does %+v", h)
	}
	if words := Drift(inv, found); strings.Contains(words, "Deployment") {
		t.Errorf("what is leaving has drifted: %s", words)
	}
}
