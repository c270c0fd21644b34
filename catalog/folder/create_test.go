package folder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestCreateAndReplace: a file is made once and never over another, and replaced whole, with the rights
// that it had, also where an earlier attempt left its half behind; never through a link that leads out.
func TestCreateAndReplace(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	has := func(p, want string) {
		t.Helper()
		if raw, err := os.ReadFile(filepath.Join(dir, p)); err != nil || string(raw) != want {
			t.Errorf("%s has %q, %v; want %q", p, raw, err, want)
		}
	}
	if err := Create(root, "a/b/c.sh", []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := Create(root, "a/b/c.sh", []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another: %v", err)
	}
	has("a/b/c.sh", "one")
	if err := errors.Join(os.Chmod(filepath.Join(dir, "a/b/c.sh"), 0o750), os.WriteFile(filepath.Join(dir, "a/b/c.sh.levee-new"), []byte("tw"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := Replace(root, "a/b/c.sh", []byte("two")); err != nil {
		t.Fatal(err)
	}
	has("a/b/c.sh", "two")
	if info, err := os.Stat(filepath.Join(dir, "a/b/c.sh")); err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("its rights are %v, %v", info.Mode(), err)
	}
	if err := Replace(root, "new", nil); err != nil {
		t.Fatal(err)
	}
	has("new", "")
	if entries, err := os.ReadDir(filepath.Join(dir, "a/b")); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v %v", entries, err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := Replace(root, "link/out", []byte("x")); err == nil {
		t.Error("it wrote through a link that leads out")
	}
	if err := Create(root, "link/out", []byte("x")); err == nil {
		t.Error("it made a file through a link that leads out")
	}
}
