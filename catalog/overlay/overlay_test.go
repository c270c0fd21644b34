package overlay_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/catalog/overlay"
)

// TestOverlay: what is laid over a folder stands in place of what is there, and reads as if it lay
// on disk itself.
func TestOverlay(t *testing.T) {
	under := map[string]string{"a.txt": "1", "b/c.txt": "2", "b/d.txt": "3", "e/f.txt": "4", "same.txt": "5"}
	laid := map[string][]byte{"a.txt": []byte("other"), "b/c.txt": nil, "e/f.txt": nil, "e/none.txt": nil, "no/ne.txt": nil, "new/deep/g.txt": []byte("6"), "same.txt": []byte("5")}
	want := map[string]string{"a.txt": "other", "b/d.txt": "3", "new/deep/g.txt": "6", "same.txt": "5"}
	got, plain := list(t, overlay.New(disk(t, under), laid)), list(t, disk(t, want))
	if diff := cmp.Diff(plain, got); diff != "" {
		t.Errorf("-on disk +laid over:\n%s", diff)
	}
	files := overlay.New(disk(t, under), laid)
	if _, err := files.Read(t.Context(), catalog.Entry{Path: "a.txt"}, 4); !errors.Is(err, catalog.ErrTooLarge) {
		t.Errorf("a file of 5 bytes, at most 4: %v", err)
	}
	broken := overlay.New(unreadable{}, laid)
	if _, err := broken.List(t.Context(), ""); err == nil {
		t.Error("a folder that cannot be listed has what was laid over it")
	}
}

// TestMount: a folder that is mounted stands in place of what was there, whether its place exists or not,
// and reads as if it lay on disk there.
func TestMount(t *testing.T) {
	under := map[string]string{"a.txt": "1", "b/c/old.txt": "2", "b/c/deep/old.txt": "3", "b/d.txt": "4", "bc.txt": "5"}
	inside := map[string]string{"new.txt": "6", "deep/g.txt": "7"}
	for _, at := range []string{"b/c", "b", "x/y/z", "b/c/deep", "zz"} {
		want := map[string]string{}
		for p, content := range under {
			if !strings.HasPrefix(p, at+"/") {
				want[p] = content
			}
		}
		for p, content := range inside {
			want[at+"/"+p] = content
		}
		files := overlay.Mount(disk(t, under), at, disk(t, inside))
		if diff := cmp.Diff(list(t, disk(t, want)), list(t, files)); diff != "" {
			t.Errorf("at %s: -on disk +mounted:\n%s", at, diff)
		}
		if _, err := overlay.Mount(disk(t, under), at, unreadable{}).List(t.Context(), at); err == nil {
			t.Errorf("at %s: a folder that cannot be listed is empty", at)
		}
		if _, err := overlay.Mount(unreadable{}, at, disk(t, inside)).List(t.Context(), ""); err == nil {
			t.Errorf("at %s: a root that cannot be listed has what is mounted", at)
		}
	}
}

// TestOnly: of the files of a folder only some are left, and no folder without any.
func TestOnly(t *testing.T) {
	all := map[string]string{"a.txt": "1", "b/c.txt": "2", "b/d.txt": "3", "e/f/g.txt": "4", "h/i.txt": "5"}
	got := list(t, overlay.Only(disk(t, all), []string{"b/c.txt", "e/f/g.txt", "gone.txt", "h/gone/too.txt"}))
	if diff := cmp.Diff(list(t, disk(t, map[string]string{"b/c.txt": "2", "e/f/g.txt": "4"})), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// list is every file with its id and content.
func list(t *testing.T, files catalog.Files) map[string]string {
	t.Helper()
	all := map[string]string{}
	var walk func(dir string)
	walk = func(dir string) {
		entries, err := files.List(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		last := ""
		for _, e := range entries {
			if e.Path <= last || !strings.HasPrefix(e.Path, dir) {
				t.Errorf("%q comes after %q in %q", e.Path, last, dir)
			}
			last = e.Path
			if e.Mode == catalog.Folder {
				walk(e.Path)
				continue
			}
			content, err := files.Read(t.Context(), e, 1<<10)
			if err != nil {
				t.Fatal(err)
			}
			all[e.Path] = fmt.Sprint(e.Mode, e.ID, string(content))
		}
	}
	walk("")
	return all
}

func disk(t *testing.T, content map[string]string) catalog.Files {
	t.Helper()
	dir := t.TempDir()
	for p, text := range content {
		to := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

type unreadable struct{ catalog.Files }

func (unreadable) List(context.Context, string) ([]catalog.Entry, error) {
	return nil, errors.New("the disk is gone")
}
