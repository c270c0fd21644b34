package newapp

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// Limits of a scaffold.
const (
	maxFiles = 200
	maxBytes = 1 << 20 // of one file
)

// Files are the files of the app by path: its own, and those of the blueprint's scaffold.
func (a *Answers) Files(ctx context.Context, of catalog.Files, settings *settings.Settings, now time.Time) (map[string][]byte, error) {
	found, err := Scaffold(ctx, of, a.Blueprint)
	if err != nil {
		return nil, err
	}
	schemas, err := of.List(ctx, "schemas")
	if err != nil {
		return nil, fmt.Errorf("look for schemas: %w", err)
	}
	text := a.File(settings, now)
	if slices.ContainsFunc(schemas, func(e catalog.Entry) bool { return e.Path == catalog.SchemaPath(catalog.KindApp) }) { // editors are told of it
		text = catalog.SchemaLine(a.Manifest(), catalog.KindApp) + text
	}
	files := map[string][]byte{a.Manifest(): []byte(text)}
	for at, content := range found {
		files[path.Join(path.Dir(a.Manifest()), at)] = content
	}
	return files, nil
}

// Scaffold reads what a blueprint, NAME@MAJOR, begins new apps with, by path in the folder of the app.
// levee upgrade compares two of them.
func Scaffold(ctx context.Context, files catalog.Files, blueprint string) (map[string][]byte, error) {
	name, major, _ := strings.Cut(blueprint, "@")
	root := path.Join("blueprints", name, major, "scaffold")
	found := map[string][]byte{}
	var walk func(dir string) error
	walk = func(dir string) error {
		entries, err := files.List(ctx, dir)
		if err != nil {
			return fmt.Errorf("read the scaffold of %s: %w", blueprint, err)
		}
		for _, e := range entries {
			switch {
			case e.Mode == catalog.Folder:
				if err := walk(e.Path); err != nil {
					return err
				}
				continue
			case e.Mode != catalog.File:
				continue // a link, which could lead anywhere
			case len(found) == maxFiles:
				return exit.Usagef("the scaffold of %s has more than %d files", blueprint, maxFiles)
			}
			content, err := files.Read(ctx, e, maxBytes)
			if err != nil {
				return fmt.Errorf("read %s: %w", e.Path, err)
			}
			if at := strings.TrimPrefix(e.Path, root+"/"); at != "app.yaml" { // the file of the app is made
				found[at] = content
			}
		}
		return nil
	}
	return found, walk(root)
}

// Write puts the files of an app into the folder of a catalog. Nothing may lie where they go.
func Write(dir string, files map[string][]byte) error {
	root, err := os.OpenRoot(dir) // so that no link in it leads out
	if err != nil {
		return fmt.Errorf("open the folder of the catalog: %w", err)
	}
	defer root.Close()
	for p := range files {
		if _, err := root.Lstat(filepath.FromSlash(p)); err == nil {
			return exit.Usagef("%s is there already; nothing was written", p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(files)) {
		if err := folder.Create(root, p, files[p]); err != nil {
			return fmt.Errorf("write %s: %w", p, err)
		}
	}
	return nil
}
