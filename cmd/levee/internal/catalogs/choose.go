package catalogs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// Around finds the catalog on disk that a file or folder lies in, and where in it, with slashes:
// the nearest folder with a catalog.yaml, upwards from it. Of what is a catalog itself, or lies in
// none, inside is empty and root is what was asked for.
func Around(where string) (root, inside string, err error) {
	at, err := filepath.Abs(where)
	if err != nil {
		return "", "", err
	}
	info, err := os.Stat(at)
	if err != nil {
		return where, "", nil // whoever opens it says so
	}
	for dir := at; ; dir = filepath.Dir(dir) {
		if dir != at || info.IsDir() {
			switch _, err := os.Stat(filepath.Join(dir, "catalog.yaml")); {
			case err == nil && dir == at:
				return where, "", nil
			case err == nil:
				inside, err := filepath.Rel(dir, at)
				return dir, filepath.ToSlash(inside), err
			case !errors.Is(err, fs.ErrNotExist):
				return where, "", nil
			}
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if !info.IsDir() {
		return "", "", exit.Usagef("%s lies in no catalog: there is no catalog.yaml in its folder or above; if it is the app.yaml of an app, name with --catalog where that would be published", where)
	}
	if _, err := os.Stat(filepath.Join(at, manifest)); err == nil {
		return "", "", exit.Usagef("%s has an app.yaml and lies in no catalog; name with --catalog where the app would be published", where)
	}
	return where, "", nil
}

// Apps finds apps of a snapshot by their names, and returns the paths of their files.
func Apps(s *catalog.Snapshot, names []string) ([]string, error) {
	var paths []string
	found := map[string]bool{}
	for d := range s.Documents("apps/") {
		if d.Kind == catalog.KindApp && slices.Contains(names, d.Name) {
			paths, found[d.Name] = append(paths, d.Path), true
		}
	}
	for _, name := range names {
		if !found[name] {
			return nil, exit.Usagef("there is no app %q in the catalog%s", name, meant(s, name))
		}
	}
	return paths, nil
}

// Below lists the files of a snapshot that a path stands for: that of the app in whose folder it
// lies, or else all documents at it and below it.
func Below(s *catalog.Snapshot, at string) ([]string, error) {
	if app := catalog.AppAround(s, at); app != nil {
		return []string{app.Path}, nil
	}
	var paths []string
	for d := range s.Documents("") {
		if d.Path == at || strings.HasPrefix(d.Path, at+"/") {
			paths = append(paths, d.Path)
		}
	}
	if len(paths) == 0 {
		return nil, exit.Usagef("%s is no file that the catalog reads, and there is none below it", at)
	}
	return paths, nil
}

// meant asks whether another app of a snapshot was meant by a name.
func meant(s *catalog.Snapshot, word string) string {
	var names []string
	for d := range s.Documents("apps/") {
		if d.Kind == catalog.KindApp {
			names = append(names, d.Name)
		}
	}
	if near := guess.Closest(word, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
