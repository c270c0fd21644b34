package kubernetes

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// TestPreviewLabels: labels that stand on everything are shown once where they change, also for an
// app that is contained; what else changes of a resource is shown with it.
func TestPreviewLabels(t *testing.T) {
	s := newStage(t)
	s.mustApply(targettest.Object("board", "1.0.0", 1))
	s.await("board", "ready", state(target.Ready))
	next := targettest.Object("board", "1.1.0", 2)
	next.Document = []byte(strings.Replace(string(next.Document), `"memory":268435456`, `"memory":536870912`, 1))
	if !strings.Contains(string(next.Document), "536870912") {
		t.Fatalf("the object is another: %s", next.Document)
	}
	check := func(when string) {
		t.Helper()
		preview, err := s.target.Preview(t.Context(), production, next)
		if err != nil {
			t.Fatal(err)
		}
		versions, silent := 0, 0
		for _, item := range preview.Items {
			if strings.Contains(item.Diff, "levee.dev/version: 1.1.0") {
				versions++
			}
			if item.Diff == "" {
				silent++
			}
			if strings.HasPrefix(item.What, "Deployment/") && (!strings.Contains(item.Diff, "memory: 512Mi") || strings.Contains(item.Diff, "version")) {
				t.Errorf("%s: the workload changes by\n%s", when, item.Diff)
			}
		}
		if versions != 1 || silent < 3 {
			t.Errorf("%s: of %d items %d show the version, and %d nothing: %+v", when, len(preview.Items), versions, silent, preview.Items)
		}
	}
	check("while it runs")
	if _, err := s.target.Quarantine(t.Context(), production, "board", target.Mark{Reason: "leak", By: "oncall"}); err != nil {
		t.Fatal(err)
	}
	check("while it is contained")
}

// TestRelabelling: only what changed as it was told is taken for told.
func TestRelabelling(t *testing.T) {
	labelled := func(version string) map[string]any {
		return map[string]any{"metadata": map[string]any{"labels": map[string]any{"version": version}}, "spec": []any{map[string]any{"metadata": map[string]any{"annotations": map[string]any{"version": version}}}}}
	}
	r := relabelled(labelled("1"), labelled("2"))
	if got := r.without(labelled("1")); string(shown(got)) != string(shown(labelled("2"))) {
		t.Errorf("it is %v", got)
	}
	if got := r.without(labelled("0")); string(shown(got)) != string(shown(labelled("0"))) {
		t.Errorf("another change is taken for it: %v", got)
	}
}
