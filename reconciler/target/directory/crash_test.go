//go:build linux

package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

const env = "production"

var (
	bg   = context.Background()
	v1   = targettest.Object("expense-submit", "1.0.0", 1)
	v2   = targettest.Object("expense-submit", "1.1.0", 2)
	v3   = targettest.Object("expense-submit", "1.2.0", 3)
	leak = target.Mark{Reason: "leaks data", By: "oncall", At: time.Date(2026, 4, 2, 3, 0, 0, 0, time.UTC)}
)

func off(o target.Object) target.Object { o.Disabled = true; return o }

// reach is the way of the reconciler: observe, plan, apply.
func reach(o target.Object) func(*Target, string) error {
	return func(d *Target, _ string) error {
		all, err := d.Observe(bg, env)
		if err != nil {
			return err
		}
		for _, step := range d.Plan([]target.Object{o}, all) {
			if _, err := d.Apply(bg, env, step); err != nil {
				return err
			}
		}
		return nil
	}
}

// apply is one step, whatever is there.
func apply(o target.Object) func(*Target, string) error {
	return func(d *Target, _ string) error {
		_, err := d.Apply(bg, env, target.Step{Verb: target.Update, App: o.App, Object: o})
		return err
	}
}

func quarantine(d *Target, _ string) error {
	_, err := d.Quarantine(bg, env, v1.App, leak)
	return err
}

func release(d *Target, _ string) error {
	_, err := d.Release(bg, env, v1.App)
	return err
}

func remove(d *Target, _ string) error {
	_, err := d.Remove(bg, env, v1.App, v3.Fence)
	return err
}

// meddle changes files past the target.
func meddle(change func(root string) error) func(*Target, string) error {
	return func(_ *Target, root string) error { return change(root) }
}

func in(root, folder string) string { return filepath.Join(root, env, folder, v1.App+".json") }

type deed = func(d *Target, root string) error

// stories are what is done before, and the deed that is killed. A deed that ends
// in an object's state is also finished by the reconciler's own way.
var stories = []struct {
	name   string
	before []deed
	deed   deed
	object *target.Object
}{
	{"create in an empty folder", nil, apply(v1), &v1},
	{"create beside another", []deed{apply(targettest.Object("rates-feed", "1.0.0", 9))}, apply(v1), &v1},
	{"create disabled", nil, apply(off(v1)), new(off(v1))},
	{"update", []deed{apply(v1)}, apply(v2), &v2},
	{"update disabled", []deed{apply(off(v1))}, apply(off(v2)), new(off(v2))},
	{"disable", []deed{apply(v1)}, apply(off(v1)), new(off(v1))},
	{"disable with new content", []deed{apply(v1)}, apply(off(v2)), new(off(v2))},
	{"enable", []deed{apply(off(v1))}, apply(v1), &v1},
	{"enable with new content", []deed{apply(off(v1))}, apply(v2), &v2},
	{"correct what was edited", []deed{apply(v1), meddle(func(root string) error {
		return os.WriteFile(in(root, layout.Apps), []byte("{}"), 0o644)
	})}, apply(v1), &v1},
	{"correct what was deleted", []deed{apply(v1), meddle(func(root string) error { return os.Remove(in(root, layout.Apps)) })}, apply(v1), &v1},
	{"correct a mode", []deed{apply(v1), meddle(func(root string) error { return os.Chmod(in(root, layout.Apps), 0o600) })}, apply(v1), &v1},
	{"correct a link", []deed{apply(v1), meddle(func(root string) error {
		return errors.Join(os.Remove(in(root, layout.Apps)), os.Symlink("../disabled", in(root, layout.Apps)))
	})}, apply(v1), &v1},
	{"correct an empty folder", []deed{apply(v1), meddle(func(root string) error {
		return errors.Join(os.Remove(in(root, layout.Apps)), os.Mkdir(in(root, layout.Apps), 0o755))
	})}, apply(v1), &v1},
	{"correct what was moved", []deed{apply(v1), meddle(func(root string) error {
		return os.Rename(in(root, layout.Apps), in(root, layout.Disabled))
	})}, apply(v1), &v1},
	{"write a damaged entry anew", []deed{apply(v1), meddle(func(root string) error {
		return os.WriteFile(in(root, layout.Inventory), []byte(`{"version":1,"app":"expen`), 0o644)
	})}, apply(v2), &v2},
	{"quarantine what runs", []deed{apply(v1)}, quarantine, nil},
	{"quarantine what was edited", []deed{apply(v1), meddle(func(root string) error {
		return os.WriteFile(in(root, layout.Apps), []byte("{}"), 0o644)
	})}, quarantine, nil},
	{"quarantine what is disabled", []deed{apply(off(v1))}, quarantine, nil},
	{"quarantine what never was", nil, quarantine, nil},
	{"create while contained", []deed{quarantine}, apply(v1), &v1},
	{"update while contained", []deed{apply(v1), quarantine}, apply(v2), &v2},
	{"cut what came back while contained", []deed{apply(v1), quarantine, meddle(func(root string) error {
		return os.WriteFile(in(root, layout.Apps), []byte("{}"), 0o644)
	})}, apply(v1), &v1},
	{"release", []deed{apply(v1), quarantine}, release, nil},
	{"bring back after release", []deed{apply(v1), quarantine, release}, apply(v2), &v2},
	{"remove", []deed{apply(v2)}, remove, nil},
	{"remove what is disabled", []deed{apply(off(v2))}, remove, nil},
	{"remove what is contained", []deed{apply(v2), quarantine}, remove, nil},
}

// TestKilled kills every deed before, halfway through and after each of its
// operations that change something; after one is before the next. What a watcher sees then is whole, what the
// target says can be read, and doing it again ends where it would have ended.
func TestKilled(t *testing.T) {
	// Thousands of small folders are made here; where there is memory for them, the
	// disk is spared.
	if _, err := os.Stat("/dev/shm"); err == nil {
		t.Setenv("TMPDIR", "/dev/shm")
	}
	const fewest = 613
	points, told := 0, 0
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			told++
			start := t.TempDir()
			for _, deed := range story.before {
				must(t, deed(quick(t, start, nil), start))
			}
			tell := func(t *testing.T, j *journal) string {
				root := clone(t, start)
				j.check = markFirst(j, root)
				err := story.deed(quick(t, root, j), root)
				if (err != nil) != j.dead || j.dead && !errors.Is(err, errKilled) {
					t.Fatalf("killed=%t, and it says: %v", j.dead, err)
				}
				return root
			}
			whole := &journal{unsynced: map[string]bool{}}
			ended := tell(t, whole)
			want := tree(t, ended)
			checkSynced(t, whole)
			wantNewest := ""
			if story.object != nil {
				straight := clone(t, ended)
				must(t, apply(newest(*story.object))(quick(t, straight, nil), straight))
				wantNewest = tree(t, straight)
			}
			for stop := 1; stop <= whole.count; stop++ {
				for way := range ways {
					if way == after && stop < whole.count {
						continue
					}
					j := &journal{stopAt: stop, way: way, unsynced: map[string]bool{}}
					root := tell(t, j)
					if way == halfway && !j.wrote {
						continue
					}
					points++
					checkWhole(t, root, ended)
					finish := map[string]deed{"the same again": story.deed}
					if story.object != nil {
						finish["the reconciler's way"] = reach(*story.object)
						finish["newer content"] = apply(newest(*story.object))
					}
					for _, how := range slices.Sorted(maps.Keys(finish)) {
						again := clone(t, root)
						must(t, finish[how](quick(t, again, nil), again))
						want := want
						if how == "newer content" {
							want = wantNewest
						}
						if got := tree(t, again); got != want {
							t.Errorf("killed at %d of %d (way %d), then %s:\n%s\nwanted:\n%s", stop, whole.count, way, how, got, want)
						}
					}
				}
			}
		})
	}
	t.Logf("%d ways to be killed, in %d stories", points, told)
	if told == len(stories) && points < fewest {
		t.Errorf("%d ways to be killed, where there were %d: is there less to do, or is less looked at?", points, fewest)
	}
}

// newest is an object's next version.
func newest(o target.Object) target.Object {
	next := v3
	next.Disabled = o.Disabled
	return next
}

// markFirst holds that nothing is cut in a quarantine before its mark will last.
func markFirst(j *journal, root string) func(op, name string) string {
	_, err := os.Lstat(filepath.Join(root, env, layout.Marks, v1.App+".json"))
	marked := err == nil
	return func(op, name string) string {
		if marked || op != "rename" && op != "remove" || !strings.HasPrefix(name, env+"/"+layout.Apps) {
			return ""
		}
		if _, err := os.Lstat(filepath.Join(root, env, layout.Marks, v1.App+".json")); err != nil {
			return "" // no quarantine
		}
		for unsynced := range j.unsynced {
			if strings.HasPrefix(unsynced, env+"/"+layout.Marks) {
				return fmt.Sprintf("%s %s while %s may still be lost", op, name, unsynced)
			}
		}
		return ""
	}
}

// checkSynced holds that a deed that said it was done outlives a loss of power.
func checkSynced(t *testing.T, j *journal) {
	t.Helper()
	for _, wrong := range j.wrong {
		t.Error(wrong)
	}
	for name := range j.unsynced {
		if !strings.HasPrefix(name, env+"/"+layout.Staging) {
			t.Errorf("%s is done and not synced", name)
		}
	}
}

// checkWhole holds that a watcher of apps/ sees whole documents only, and that a
// fresh target can tell what is there.
func checkWhole(t *testing.T, root, ended string) {
	t.Helper()
	raw, err := os.ReadFile(in(root, layout.Apps))
	if err == nil && !json.Valid(raw) {
		t.Errorf("a watcher sees %q", raw)
	}
	if _, marked := os.Lstat(in(root, layout.Marks)); err == nil && marked != nil {
		if _, err := os.Lstat(in(ended, layout.Marks)); err == nil && string(raw) == "" {
			t.Error("it was cut before it was marked")
		}
	}
	if all, err := quick(t, root, nil).Observe(bg, env); err != nil {
		t.Errorf("observe after a kill: %v", err)
	} else if other, err := os.Lstat(filepath.Join(root, env, layout.Apps, "rates-feed.json")); err == nil && other.Size() > 0 && all.Apps["rates-feed"].Drift != "" {
		t.Errorf("another app has drifted: %s", all.Apps["rates-feed"].Drift)
	}
}

// quick opens a target that does not wait for the disk, and writes a journal.
func quick(t *testing.T, root string, j *journal) *Target {
	t.Helper()
	d, err := New(root)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	d.environments.Root = hasty{d.environments.Root}
	d.now = func() time.Time { return time.Date(2026, 4, 2, 3, 0, 0, 0, time.UTC) } // written into entries, which are compared
	if j != nil {
		d.environments.Root = stopping{d.environments.Root, j, "."}
	}
	return d
}

// tree writes down all files under a root but for the locks.
func tree(t *testing.T, root string) string {
	t.Helper()
	var out strings.Builder
	must(t, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		short, _ := filepath.Rel(root, name)
		if entry.IsDir() && entry.Name() == "locks" {
			return filepath.SkipDir
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%v %s", info.Mode(), short)
		if info.Mode().IsRegular() {
			raw, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&out, " %s", raw)
		}
		out.WriteByte('\n')
		return nil
	}))
	return out.String()
}

// clone copies a root, links between its files and all: a staged file that was
// linked already shares its bytes with a live one.
func clone(t *testing.T, root string) string {
	t.Helper()
	to := t.TempDir()
	linked := map[uint64]string{}
	must(t, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == root {
			return err
		}
		short, _ := filepath.Rel(root, name)
		info, err := entry.Info()
		if err != nil {
			return err
		}
		there := filepath.Join(to, short)
		switch {
		case info.IsDir():
			return os.Mkdir(there, 0o755)
		case info.Mode()&fs.ModeSymlink != 0:
			where, err := os.Readlink(name)
			return errors.Join(err, os.Symlink(where, there))
		}
		p, _ := disk.FingerprintOf(info)
		if first, ok := linked[p.Inode]; ok {
			return os.Link(first, there)
		}
		linked[p.Inode] = there
		raw, err := os.ReadFile(name)
		return errors.Join(err, os.WriteFile(there, raw, 0o600), os.Chmod(there, info.Mode()))
	}))
	return to
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
