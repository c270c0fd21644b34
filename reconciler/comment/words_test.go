package comment

import (
	"slices"
	"testing"

	"github.com/levee-gitops/levee/catalog"
)

// TestDefaults: a value that takes the place of a default, or gives way to it, is told with
// it: nobody has to know what holds where nothing is said.
func TestDefaults(t *testing.T) {
	got := bullets([]catalog.FieldEdit{
		{Field: "spec.runtime.memory", To: "512Mi"}, {Field: "spec.runtime.cpu", From: "500m"}, {Field: "spec.runtime.timeout", From: "10m", To: "5m"},
		{Field: "spec.runtime.language", To: "nodejs:22"}, {Field: "spec.runtime.language", From: "nodejs:22"},
	})
	want := []string{
		"memory: `128Mi` (by default) → `512Mi`", "processor: `500m` → `100m` (by default)", "longest run: `10m` → `5m`",
		"language: `nodejs:22` (nothing was said before)", "language: nothing is said any more (it was `nodejs:22`)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("it says\n%q\nand not\n%q", got, want)
	}
}
