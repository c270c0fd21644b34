package directory

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

func observed(t *testing.T, d *Target) target.Observed {
	t.Helper()
	got, err := d.Observe(bg, env, v1.App)
	must(t, err)
	all, err := d.Observe(bg, env)
	must(t, err)
	if got.Apps[v1.App].Drift != all.Apps[v1.App].Drift {
		t.Errorf("alone it drifts by %q, among all by %q", got.Apps[v1.App].Drift, all.Apps[v1.App].Drift)
	}
	return all.Apps[v1.App]
}

func TestDriftIsToldInWords(t *testing.T) {
	for name, test := range map[string]struct {
		meddle func(root string) error
		words  string
	}{
		"edited": {func(root string) error {
			raw, err := os.ReadFile(in(root, layout.Apps))
			return errors.Join(err, os.WriteFile(in(root, layout.Apps), bytes.Replace(raw, []byte(`"cpu":0.25`), []byte(`"cpu":4.25`), 1), 0o644))
		}, "apps/expense-submit.json was edited: cpu 0.25 → 4.25"},
		"cut off": {func(root string) error { return os.Truncate(in(root, layout.Apps), 10) }, "apps/expense-submit.json was edited"},
		"deleted": {func(root string) error { return os.Remove(in(root, layout.Apps)) }, "apps/expense-submit.json was deleted"},
		"the whole folder deleted": {func(root string) error { return os.RemoveAll(filepath.Join(root, env, layout.Apps)) },
			"apps/expense-submit.json was deleted"},
		"link": {func(root string) error {
			return errors.Join(os.Rename(in(root, layout.Apps), root+"/away"), os.Symlink(root+"/away", in(root, layout.Apps)))
		}, "apps/expense-submit.json was replaced by a link"},
		"folder": {func(root string) error {
			return errors.Join(os.Remove(in(root, layout.Apps)), os.Mkdir(in(root, layout.Apps), 0o755))
		}, "apps/expense-submit.json was replaced by a folder"},
		"mode": {func(root string) error { return os.Chmod(in(root, layout.Apps), 0o600) },
			"the mode of apps/expense-submit.json is -rw-------, not -rw-r--r--"},
		"moved": {func(root string) error { return os.Rename(in(root, layout.Apps), in(root, layout.Disabled)) },
			"apps/expense-submit.json is not there, disabled/expense-submit.json is there instead"},
		"copied": {func(root string) error { return os.WriteFile(in(root, layout.Quarantined), []byte("{}"), 0o644) },
			"quarantined/expense-submit.json is there as well"},
		"entry cut off": {func(root string) error { return os.Truncate(in(root, layout.Inventory), 40) },
			"its inventory entry is damaged and will be written anew: it is no JSON: unexpected end of JSON input"},
		"entry of another": {func(root string) error {
			raw, err := os.ReadFile(in(root, layout.Inventory))
			return errors.Join(err, os.WriteFile(in(root, layout.Inventory), bytes.Replace(raw, []byte("expense-submit"), []byte("expense-forgery"), 1), 0o644))
		}, "its inventory entry is damaged and will be written anew: its fields are not those of an entry"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			d := open(t, root)
			later := func() time.Time { return time.Now().Add(time.Hour) }
			d.now = later // so that all is remembered that can be
			must(t, apply(v1)(d, root))
			must(t, apply(targettest.Object("rates-feed", "1.0.0", 5))(d, root))
			if got := observed(t, d); got.Drift != "" {
				t.Fatalf("at first it drifts by %q", got.Drift)
			}
			must(t, test.meddle(root))
			if got := observed(t, d); got.Drift != test.words {
				t.Errorf("told %q, not %q", got.Drift, test.words)
			}
			if _, after, _ := strings.Cut(test.words, ": "); !strings.HasPrefix(after, "cpu") {
				if got := observed(t, open(t, root)); got.Drift != test.words {
					t.Errorf("after a restart told %q, not %q", got.Drift, test.words)
				}
			}
			if all, err := d.Observe(bg, env); err != nil || all.Apps["rates-feed"].Drift != "" && name != "the whole folder deleted" {
				t.Errorf("the other app: %+v, %v", all.Apps["rates-feed"], err)
			}
			must(t, reach(v1)(d, root))
			if got := observed(t, d); got.Drift != "" || runs(root, env, v1.App) != v1.Render {
				t.Errorf("after correcting it drifts by %q", got.Drift)
			}
		})
	}
}

// A sum that is remembered must not hide an edit that keeps size, times and inode.
func TestMemoryIsNotFooled(t *testing.T) {
	root := t.TempDir()
	d := open(t, root)
	must(t, apply(v1)(d, root))
	rewrite := func(from, to string) {
		info, err := os.Stat(in(root, layout.Apps))
		must(t, err)
		raw, err := os.ReadFile(in(root, layout.Apps))
		must(t, err)
		must(t, os.WriteFile(in(root, layout.Apps), bytes.Replace(raw, []byte(from), []byte(to), 1), 0o644))
		must(t, os.Chtimes(in(root, layout.Apps), info.ModTime(), info.ModTime()))
	}
	if got := observed(t, d); got.Drift != "" || len(d.memory.apps[env][v1.App].document) != 0 {
		t.Errorf("a file written this moment is remembered, or drifts by %q", got.Drift)
	}
	d.now = func() time.Time { return time.Now().Add(time.Hour) }
	if got := observed(t, d); got.Drift != "" || string(d.memory.apps[env][v1.App].document) != string(v1.Document) {
		t.Errorf("an old file is not remembered, or drifts by %q", got.Drift)
	}
	time.Sleep(20 * time.Millisecond) // longer than the kernel's tick
	rewrite(`"cpu":0.25`, `"cpu":0.75`)
	if got := observed(t, d); got.Drift != "apps/expense-submit.json was edited: cpu 0.25 → 0.75" {
		t.Errorf("an edit with its times set back drifts by %q", got.Drift)
	}
	must(t, reach(v1)(d, root))
	if got := observed(t, d); got.Drift != "" {
		t.Errorf("corrected, it drifts by %q", got.Drift)
	}
	must(t, remove(d, root))
	if got := observed(t, d); got.App != "" || len(d.memory.apps[env]) != 0 {
		t.Errorf("removed, it is remembered: %+v", got)
	}
}

// An entry that cannot be read hides its own app only.
func TestUnreadableEntry(t *testing.T) {
	root := t.TempDir()
	d := open(t, root)
	must(t, apply(v1)(d, root))
	must(t, apply(targettest.Object("rates-feed", "1.0.0", 5))(d, root))
	must(t, os.Remove(in(root, layout.Inventory)))
	must(t, os.Mkdir(in(root, layout.Inventory), 0o755))
	if _, err := d.Observe(bg, env, v1.App); err == nil || !strings.Contains(err.Error(), v1.App) {
		t.Errorf("asked for alone: %v", err)
	}
	all, err := d.Observe(bg, env)
	if err != nil || len(all.Apps) != 2 || all.Apps[v1.App].Drift == "" || all.Apps["rates-feed"].Drift != "" {
		t.Errorf("asked for among all: %+v, %v", all, err)
	}
	must(t, os.Remove(in(root, layout.Inventory)))
	must(t, os.RemoveAll(filepath.Join(root, env, layout.Inventory)))
	if all, err := d.Observe(bg, env); err == nil {
		t.Errorf("an inventory that was thrown away is taken for an empty one: %+v", all)
	}
}

// A lost witness is found again in the entries, and written by the next apply.
func TestLostWitness(t *testing.T) {
	for name, lose := range map[string]func(string) error{
		"deleted": os.Remove,
		"damaged": func(name string) error { return os.WriteFile(name, []byte("{"), 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			d := open(t, root)
			must(t, apply(targettest.Object("rates-feed", "1.0.0", 7))(d, root))
			must(t, lose(filepath.Join(root, env, layout.Witness)))
			for range 2 {
				got, err := d.Observe(bg, env, "never-was")
				if err != nil || got.Witness != targettest.Fence(7) {
					t.Errorf("witness %+v, %v", got.Witness, err)
				}
				must(t, apply(v1)(d, root))
			}
			raw, err := os.ReadFile(filepath.Join(root, env, layout.Witness))
			if err != nil || !strings.Contains(string(raw), `"admission": 7`) {
				t.Errorf("written: %s, %v", raw, err)
			}
		})
	}
}
