package directory

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

func TestForeignInAnyPlace(t *testing.T) {
	for _, folder := range layout.Places {
		t.Run(folder, func(t *testing.T) {
			root := t.TempDir()
			d := open(t, root)
			write(t, root, env+"/"+folder+"/expense-submit.json", "not ours")
			before := tree(t, root)
			if err := apply(v1)(d, root); !errors.Is(err, target.ErrForeign) || !strings.Contains(err.Error(), folder+"/expense-submit.json is there already: move it away") {
				t.Errorf("apply: %v", err)
			}
			must(t, quarantine(d, root))
			if err := apply(v1)(d, root); !errors.Is(err, target.ErrForeign) {
				t.Errorf("apply while contained: %v", err)
			}
			must(t, release(d, root))
			must(t, remove(d, root))
			if raw, err := os.ReadFile(in(root, folder)); err != nil || string(raw) != "not ours" {
				t.Errorf("what is not ours is %q, %v; before:\n%s", raw, err, before)
			}
			must(t, os.Remove(in(root, folder)))
			must(t, apply(v1)(d, root))
		})
	}
}

// late is a disk on which somebody is quicker: just before a name is given.
type late struct {
	disk.Disk
	link func()
}

func (l late) Folder(name string) (disk.Disk, error) {
	d, err := l.Disk.Folder(name)
	return late{d, l.link}, err
}

func (l late) Link(from, to string) error {
	l.link()
	return l.Disk.Link(from, to)
}

func TestForeignAtTheLastMoment(t *testing.T) {
	root := t.TempDir()
	d := open(t, root)
	d.environments.Root = late{d.environments.Root, func() { write(t, root, env+"/apps/expense-submit.json", "not ours") }}
	for range 2 {
		if err := apply(v1)(d, root); !errors.Is(err, target.ErrForeign) {
			t.Errorf("apply: %v", err)
		}
		if raw, _ := os.ReadFile(in(root, layout.Apps)); string(raw) != "not ours" {
			t.Errorf("what is not ours is %q", raw)
		}
		if all, err := d.Observe(bg, env); err != nil || len(all.Apps) != 0 {
			t.Errorf("held after being refused: %+v, %v", all, err)
		}
	}
}

// An app that was about to arrive when its apply was killed owns nothing yet.
func TestForeignAfterAKill(t *testing.T) {
	root := t.TempDir()
	for stop := 1; ; stop++ {
		err := apply(v1)(quick(t, root, &journal{stopAt: stop, unsynced: map[string]bool{}}), root)
		if !errors.Is(err, errKilled) {
			t.Fatalf("never killed between entry and document: %v", err)
		}
		if _, err := os.Lstat(in(root, layout.Inventory)); err == nil {
			break // and the document is not there yet
		}
		must(t, os.RemoveAll(filepath.Join(root, env)))
	}
	d := open(t, root)
	if got := observed(t, d); got.Drift != "it was about to be put there, and was not" {
		t.Errorf("held as %+v", got)
	}
	write(t, root, env+"/apps/expense-submit.json", "not ours")
	if got := observed(t, d); got.Drift != "apps/expense-submit.json was not put there by levee" {
		t.Errorf("held as %+v", got)
	}
	if err := apply(v2)(d, root); !errors.Is(err, target.ErrForeign) {
		t.Errorf("apply: %v", err)
	}
	must(t, quarantine(d, root))
	must(t, release(d, root))
	must(t, remove(d, root))
	if raw, err := os.ReadFile(in(root, layout.Apps)); err != nil || string(raw) != "not ours" {
		t.Errorf("what is not ours is %q, %v", raw, err)
	}
	if all, err := d.Observe(bg, env); err != nil || len(all.Apps) != 0 {
		t.Errorf("removed, it holds %+v, %v", all, err)
	}
}

// A folder with things in it is never an app's document, whoever claimed the name.
func TestFolderWithThings(t *testing.T) {
	root := t.TempDir()
	d := open(t, root)
	must(t, apply(v1)(d, root))
	must(t, os.Remove(in(root, layout.Apps)))
	write(t, root, env+"/apps/expense-submit.json/precious", "not ours")
	if err := apply(v2)(d, root); !errors.Is(err, target.ErrForeign) {
		t.Errorf("apply: %v", err)
	}
	must(t, quarantine(d, root))
	must(t, reach(v2)(d, root))
	must(t, remove(d, root))
	if raw, err := os.ReadFile(filepath.Join(in(root, layout.Apps), "precious")); err != nil || string(raw) != "not ours" {
		t.Errorf("what is not ours is %q, %v", raw, err)
	}
}

// No link leads out of an environment's folder, or from one of its folders to
// another.
func TestLinksLeadNowhere(t *testing.T) {
	for name, lead := range map[string]func(root, outside string) error{
		"environment": func(root, outside string) error { return os.Symlink(outside, filepath.Join(root, env)) },
		"environment to another": func(root, _ string) error {
			return errors.Join(os.Mkdir(filepath.Join(root, "staging"), 0o755), os.Symlink("staging", filepath.Join(root, env)))
		},
		"apps": func(root, outside string) error {
			return errors.Join(os.Mkdir(filepath.Join(root, env), 0o755), os.Symlink(outside, filepath.Join(root, env, layout.Apps)))
		},
		"inventory": func(root, outside string) error {
			return errors.Join(os.MkdirAll(filepath.Join(root, env, layout.Own), 0o755), os.Symlink(outside, filepath.Join(root, env, layout.Inventory)))
		},
		"apps to disabled": func(root, _ string) error {
			return errors.Join(os.MkdirAll(filepath.Join(root, env, layout.Disabled), 0o755), os.Symlink(layout.Disabled, filepath.Join(root, env, layout.Apps)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			root, outside := t.TempDir(), t.TempDir()
			must(t, lead(root, outside))
			d := open(t, root)
			if err := apply(v1)(d, root); err == nil {
				t.Error("applied through a link")
			}
			if err := quarantine(d, root); err == nil {
				t.Error("quarantined through a link")
			}
			if all, err := d.Observe(bg, env); err == nil {
				t.Errorf("observed through a link: %+v", all)
			}
			if there, err := os.ReadDir(outside); err != nil || len(there) > 0 {
				t.Errorf("outside: %v, %v", there, err)
			}
		})
	}
}

// A document that was replaced by a link is replaced, and what it led to is not.
func TestLinkIsReplacedNotFollowed(t *testing.T) {
	root := t.TempDir()
	d := open(t, root)
	must(t, apply(v1)(d, root))
	write(t, root, "precious", "not ours")
	must(t, os.Remove(in(root, layout.Apps)))
	must(t, os.Symlink("../../precious", in(root, layout.Apps)))
	must(t, apply(v2)(d, root))
	if info, err := os.Lstat(in(root, layout.Apps)); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the link is %v, %v", info, err)
	}
	if raw, _ := os.ReadFile(filepath.Join(root, "precious")); string(raw) != "not ours" {
		t.Errorf("what the link led to is %q", raw)
	}
}

// A mark contains whatever its file says.
func TestDamagedMark(t *testing.T) {
	root := t.TempDir()
	d := open(t, root)
	must(t, apply(v1)(d, root))
	must(t, quarantine(d, root))
	must(t, os.Truncate(in(root, layout.Marks), 0))
	must(t, os.WriteFile(in(root, layout.Inventory), []byte("{"), 0o644)) // and its entry with it
	must(t, apply(v2)(d, root))
	if got := observed(t, d); got.Mark == nil || runs(root, env, v1.App) != "" {
		t.Errorf("a damaged mark contains nothing: %+v", got)
	}
	must(t, quarantine(d, root))
	if got := observed(t, d); got.Mark.Reason != leak.Reason || !got.Mark.At.Equal(leak.At) {
		t.Errorf("the mark is not mended: %+v", got.Mark)
	}
}

// Containment waits for nobody: the mark is there before the app's lock is, and
// an apply that is under way obeys it.
func TestContainmentWaitsForNobody(t *testing.T) {
	root := t.TempDir()
	d, other := open(t, root), open(t, root)
	var once sync.Once
	d.environments.Root = late{d.environments.Root, func() {
		once.Do(func() {
			short, cancel := context.WithTimeout(bg, 500*time.Millisecond)
			defer cancel()
			if _, err := other.Quarantine(short, env, v1.App, leak); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "it is marked and not cut yet") {
				t.Errorf("quarantine beside an apply: %v", err)
			}
		})
	}}
	receipt, err := d.Apply(bg, env, target.Step{Verb: target.Create, App: v1.App, Object: v1})
	if err != nil || receipt.Outcome != target.Contained || runs(root, env, v1.App) != "" {
		t.Errorf("the apply under way: %+v, %v, and %q runs", receipt, err, runs(root, env, v1.App))
	}
	if got := observed(t, d); got.Mark == nil || got.Drift != "" {
		t.Errorf("held as %+v", got)
	}
}

// An apply on its way is waited for, and not taken for drift.
func TestObserveBesideApply(t *testing.T) {
	root := t.TempDir()
	d, other := open(t, root), open(t, root)
	seen := make(chan target.Inventory, 1)
	d.environments.Root = late{d.environments.Root, func() {
		go func() {
			all, err := other.Observe(bg, env)
			if err != nil {
				t.Errorf("observe: %v", err)
			}
			seen <- all
		}()
		select {
		case all := <-seen:
			t.Errorf("it did not wait: %+v", all)
			seen <- all
		case <-time.After(50 * time.Millisecond):
		}
	}}
	must(t, apply(v1)(d, root))
	if got := (<-seen).Apps[v1.App]; got.Render != v1.Render || got.Drift != "" {
		t.Errorf("seen as %+v", got)
	}
}

// Several processes on one root take turns on one app; here they are several
// targets that share no memory.
func TestSeveralProcesses(t *testing.T) {
	root := t.TempDir()
	var group sync.WaitGroup
	for p := range 4 {
		d := open(t, root)
		group.Go(func() {
			for n := range int64(8) {
				o := targettest.Object("expense-submit", "1.0.0", n*4+int64(p)+1)
				o.Disabled = n%2 == 1
				if err := apply(o)(d, root); err != nil && !errors.Is(err, target.ErrFenced) {
					t.Errorf("apply: %v", err)
				}
			}
		})
	}
	group.Wait()
	got := observed(t, open(t, root))
	if got.Fence != targettest.Fence(32) || !got.Disabled || got.Drift != "" || runs(root, env, v1.App) != "" {
		t.Errorf("in the end: %+v", got)
	}
}

func TestRootMustBeThere(t *testing.T) {
	if _, err := New(filepath.Join(t.TempDir(), "not-mounted")); err == nil || !strings.Contains(err.Error(), "create it first") {
		t.Errorf("open: %v", err)
	}
	root := t.TempDir()
	d := open(t, root)
	must(t, release(d, root))
	must(t, remove(d, root))
	if all, err := d.Observe(bg, env); err != nil || len(all.Apps) != 0 {
		t.Errorf("observe: %+v, %v", all, err)
	}
	if there, _ := os.ReadDir(root); len(there) > 0 {
		t.Errorf("asking and taking away made %v", there)
	}
}
