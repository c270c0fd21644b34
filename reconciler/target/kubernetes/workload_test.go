package kubernetes

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
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
			ref := Ref{Kind: c.live.GetKind(), Name: "board"}
			live := &found{all: map[string]*unstructured.Unstructured{ref.key(): c.live}}
			if got := ending(&inventory{Resources: []Ref{ref}}, live); got != c.want {
				t.Errorf("it says %q, not %q", got, c.want)
			}
		})
	}
}
