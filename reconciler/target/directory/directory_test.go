package directory

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

func TestTarget(t *testing.T) {
	targettest.TestTarget(t, func(t *testing.T) targettest.World {
		root := t.TempDir()
		return targettest.World{
			Target: open(t, root),
			Runs:   func(environment, app string) catalog.Digest { return runs(root, environment, app) },
			Tamper: func(environment, app string) {
				write(t, root, environment+"/apps/"+app+".json", `{"render":"d1:tampered"}`)
			},
			Plant: func(environment, app string) func() bool {
				name := environment + "/apps/" + app + ".json"
				write(t, root, name, "not ours")
				return func() bool {
					raw, err := os.ReadFile(filepath.Join(root, name))
					return err == nil && string(raw) == "not ours"
				}
			},
			Ail: func(environment, app string, health target.Health) {
				raw, err := json.Marshal(health)
				must(t, err)
				write(t, root, environment+"/apps/"+app+".health.json", string(raw))
			},
			Restart: func() target.Target { return open(t, root) },
		}
	})
}

// open opens a target on a root until the test ends.
func open(t testing.TB, root string) *Target {
	t.Helper()
	d, err := New(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// runs is what a watcher of apps/ would run.
func runs(root, environment, app string) catalog.Digest {
	raw, err := os.ReadFile(filepath.Join(root, environment, "apps", app+".json"))
	if err != nil {
		return ""
	}
	var document struct{ Render catalog.Digest }
	if json.Unmarshal(raw, &document) != nil {
		return "d1:unknown"
	}
	return document.Render
}

func write(t testing.TB, root, name, content string) {
	t.Helper()
	name = filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
