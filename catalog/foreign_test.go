package catalog

import (
	"strings"
	"testing"
)

// TestMicroappIsNamed: the manifest of another program is named with the command that takes it
// in, until the app's own file lies beside it, whatever was there first.
func TestMicroappIsNamed(t *testing.T) {
	const foreign, own = "apps/ops/board/microapp.yaml", "apps/ops/board/app.yaml"
	snapshot := Empty()
	for _, step := range []struct {
		name  string
		files []string
		named bool
	}{
		{"alone", []string{foreign}, true}, {"beside the app", []string{foreign, own}, false}, {"alone again", []string{foreign}, true},
		{"the app alone", []string{own}, false}, {"beside the app again", []string{foreign, own}, false},
	} {
		m := &memory{files: map[string]string{}}
		for _, p := range step.files {
			m.files[p] = smallApp
		}
		snapshot = load(t, m, "", snapshot)
		for how, s := range map[string]*Snapshot{"after the others": snapshot, "at once": load(t, m, "", Empty())} {
			d := s.Document(foreign)
			if got := d != nil && len(d.Problems) == 1 && strings.Contains(d.Problems[0].Remedy, "`levee convert "+foreign+"`"); got != step.named {
				t.Errorf("%s, %s: it is named: %v, want %v", step.name, how, got, step.named)
			}
		}
	}
}

// TestForeignFiles: a file at a place of the catalog's that another program reads is named with
// the command that takes it in.
func TestForeignFiles(t *testing.T) {
	for p, c := range map[string]struct{ src, says, command string }{
		"apps/ops/board/app.yaml":          {"name: board\nsso: oidc\nlifecycle: {tier: prototype}\n", "an app manifest", "levee convert apps/ops/board/app.yaml"},
		"apps/ops/It is/app.yaml":          {"lifecycle: {ttl_days: 9}\nowner: {contact: x}\n", "a microapp manifest", "levee convert 'apps/ops/It is/app.yaml'"},
		"apps/ops/desk/app.yaml":           {"apiVersion: backstage.io/v1alpha1\nkind: Component\n", "a file of Backstage", "levee convert apps/ops/desk/app.yaml"},
		"vendors/maps.yaml":                {"allowed_third_parties: []\n", "a list of allowed third parties", "levee convert vendors/maps.yaml"},
		"roles.yaml":                       {"roles: {microapp_creator: {can_create: true}}\n", "an access sheet", "levee convert roles.yaml"},
		"catalog.yaml":                     {"risk_levels: []\n", "a sheet of deployment gates", "levee convert catalog.yaml"},
		"blueprints/form/1/blueprint.yaml": {"name: form\nruntime: container\ncost_profile: micro\n", "a template descriptor", "levee convert blueprints/form/1/blueprint.yaml"},
	} {
		d := Parse(p, "", []byte(c.src))
		if len(d.Problems) == 0 {
			t.Fatalf("%s: nothing is wrong with it", p)
		}
		last := d.Problems[len(d.Problems)-1]
		if last.Rule != "schema.kind" || !strings.Contains(last.Message, c.says) || !strings.Contains(last.Remedy, "`"+c.command+"`") {
			t.Errorf("%s: %+v", p, d.Problems)
		}
	}
	if d := Parse("apps/ops/board/app.yaml", "", []byte("name: board\nlifecycle: {ttl_days: 9}\n")); d.Problems[0].Rule != "schema.required" {
		t.Errorf("a file that only misses its first lines is taken for another: %+v", d.Problems)
	}
}
