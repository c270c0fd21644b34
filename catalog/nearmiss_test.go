package catalog

import "testing"

// TestNearApp checks that a file which was meant to be an app is never just not seen.
func TestNearApp(t *testing.T) {
	for name, near := range map[string]bool{
		"app.yml": true, "App.yaml": true, "APP.YAML": true, "app.yaml.txt": true, "app.yml.txt": true, "app.yaml.yaml": true,
		"app.yaml.docx": true, "app yaml": true, "app.yaml ": true, "app..yaml": true, "app_yaml": true, "appyaml": true,
		"app.yaml.bak": false, "app.json": false, "application.yaml": false, "notes.txt": false,
	} {
		s := load(t, &memory{files: map[string]string{"apps/ops/board/" + name: smallApp}}, "", Empty())
		d := s.Document("apps/ops/board/" + name)
		if got := d != nil && len(d.Problems) == 1 && d.Problems[0].Rule == "schema.path"; got != near {
			t.Errorf("%q is reported: %v, want %v", name, got, near)
		}
	}
}
