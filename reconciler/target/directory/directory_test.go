package directory

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
			Print:   func() string { return printed(t, root) },
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

// printed is all there is below a root, with what tells that something was written.
func printed(t testing.TB, root string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%s %v %v", name, info.Mode(), info.ModTime().UnixNano())
		if info.Mode().IsRegular() {
			raw, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&out, " %x", sha256.Sum256(raw))
		}
		out.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
