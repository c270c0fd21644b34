package gitrepo_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestOpenClone: a second process works beside the first, with the remote or
// without it, and leaves nothing behind.
func TestOpenClone(t *testing.T) {
	remote := gitrepotest.NewEmpty(t)
	opts := gitrepo.Options{Dir: filepath.Join(t.TempDir(), "mirror"), Remote: remote.Dir}
	owner, err := gitrepo.Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if _, err := gitrepo.Open(t.Context(), opts); !errors.Is(err, gitrepo.ErrLocked) {
		t.Fatalf("a second owner: %v", err)
	}
	newer := remote.Commit("main", gitrepotest.Change{Write: map[string]string{"a": "1"}})
	if _, err := owner.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	away := remote.Dir + ".away"
	if err := os.Rename(remote.Dir, away); err != nil {
		t.Fatal(err)
	}
	first, err := gitrepo.OpenClone(t.Context(), opts)
	if err != nil {
		t.Fatalf("without the remote: %v", err)
	}
	if tip, err := first.Tip(gitrepo.Branch("main")); err != nil || string(tip) != string(newer) {
		t.Errorf("the clone is at %s, %v; its owner at %s", tip, err, newer)
	}
	if err := os.Rename(away, remote.Dir); err != nil {
		t.Fatal(err)
	}
	second, err := gitrepo.OpenClone(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	newest := remote.Commit("main", gitrepotest.Change{Write: map[string]string{"a": "2"}})
	for name, r := range map[string]*gitrepo.Repo{"first": first, "second": second} {
		if _, err := r.Fetch(t.Context()); err != nil {
			t.Errorf("fetch into the %s clone: %v", name, err)
		}
		if tip, err := r.Tip(gitrepo.Branch("main")); err != nil || string(tip) != string(newest) {
			t.Errorf("the %s clone is at %s, %v", name, tip, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(opts.Dir, "clone-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if tip, err := owner.Tip(gitrepo.Branch("main")); err != nil || string(tip) != string(newer) {
		t.Errorf("the owner moved to %s, %v", tip, err)
	}
}

// TestCloneSwept: what a process that died left behind is taken away by the next.
func TestCloneSwept(t *testing.T) {
	remote := gitrepotest.NewEmpty(t)
	opts := gitrepo.Options{Dir: filepath.Join(t.TempDir(), "mirror"), Remote: remote.Dir}
	dead := filepath.Join(opts.Dir, "clone-1")
	if err := os.MkdirAll(dead, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dead, "lock"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := gitrepo.OpenClone(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dead clone: %v", err)
	}
}

// TestHalfACloneSwept: a process may die before its clone has a lock, when packs are
// linked already. They would keep their bytes on disk for good.
func TestHalfACloneSwept(t *testing.T) {
	remote := gitrepotest.NewEmpty(t)
	opts := gitrepo.Options{Dir: filepath.Join(t.TempDir(), "mirror"), Remote: remote.Dir}
	dead, young := filepath.Join(opts.Dir, "clone-1"), filepath.Join(opts.Dir, "clone-2")
	for _, dir := range []string{dead, young} {
		if err := os.MkdirAll(filepath.Join(dir, "generation-1", "objects", "pack"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(dead, old, old); err != nil {
		t.Fatal(err)
	}
	r, err := gitrepo.OpenClone(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dead clone: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("the clone that is just being made: %v", err)
	}
}
