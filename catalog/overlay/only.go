package overlay

import (
	"context"
	"path"
	"slices"

	"github.com/levee-gitops/levee/catalog"
)

// only is some files of others.
type only struct {
	catalog.Files
	paths map[string]bool // of files, and of the folders on the way to them
}

// Only leaves some files of others, by path from their root, and the folders that these lie in. Folders
// have no id any more, since they hold less than they did.
func Only(files catalog.Files, paths []string) catalog.Files {
	o := &only{files, map[string]bool{}}
	for _, p := range paths {
		for ; p != "." && p != "/" && !o.paths[p]; p = path.Dir(p) {
			o.paths[p] = true
		}
	}
	return o
}

// List implements catalog.Files. It does not go into folders of which nothing is left.
func (o *only) List(ctx context.Context, dir string) ([]catalog.Entry, error) {
	if dir != "" && !o.paths[dir] {
		return nil, nil
	}
	entries, err := o.Files.List(ctx, dir)
	entries = slices.DeleteFunc(slices.Clone(entries), func(e catalog.Entry) bool { return !o.paths[e.Path] })
	for i := range entries {
		if entries[i].Mode == catalog.Folder {
			entries[i].ID = ""
		}
	}
	return entries, err
}
