package oldrules

import (
	"testing"

	"github.com/levee-gitops/levee/catalog/convert"
)

// TestHelperAsPlace: a helper that a rule uses nowhere but as a place in a library is taken along.
// Without it, its name would be a variable that stands for every place.
func TestHelperAsPlace(t *testing.T) {
	t.Parallel()
	report := Files([]convert.File{
		{Path: "deny.rego", Source: []byte("package deny\n\nimport data.tables\n\nkey = k { k := input.owner }\n\ndeny[msg] { tables.limits[key] < 3; msg := \"too few\" }\n")},
		{Path: "tables.rego", Source: []byte("package tables\n\nlimits = {\"ana\": 2}\n")},
	})
	compiles(t, report)
	if left := report.Files[0].Left; len(left) > 0 || len(report.Documents) != 2 {
		t.Errorf("%d files, and left is %v:\n%s", len(report.Documents), left, told(report))
	}
}
