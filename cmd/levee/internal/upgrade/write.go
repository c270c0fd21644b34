package upgrade

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/levee-gitops/levee/catalog/folder"
)

// Write does what the plan says in the folder of a catalog. What fails stops it: each file is as it was or
// as planned, and the app's own, which says that all is done, is written last.
func (p Plan) Write(dir string) error {
	root, err := os.OpenRoot(dir) // so that no link in it leads out
	if err != nil {
		return fmt.Errorf("open the folder of the catalog: %w", err)
	}
	defer root.Close()
	changes, own := p.Changes(), p.Files[0].Path
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(changes)), func(name string) bool { return name == own })
	for _, name := range append(names, own) {
		content := changes[name]
		if content == nil {
			if err := root.Remove(filepath.FromSlash(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("remove %s: %w", name, err)
			}
			continue
		}
		if err := folder.Replace(root, name, content); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
