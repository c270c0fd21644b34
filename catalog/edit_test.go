package catalog_test

import (
	"testing"

	"github.com/levee-gitops/levee/catalog"
)

// TestEditDefault: what holds where an app says nothing is known by field.
func TestEditDefault(t *testing.T) {
	for field, want := range map[string]string{
		"spec.runtime.memory": "128Mi", "spec.data[people].masking": "none", "spec.secrets[a.b].ttl": "1h",
		"spec.runtime": "", "spec.version": "", "spec.nothing": "", "spec.version.nothing": "", "": "", "metadata.labels.costCenter": "",
	} {
		if got := (catalog.FieldEdit{Field: field}).Default(); got != want {
			t.Errorf("at %q it is %q by default, and not %q", field, got, want)
		}
	}
}
