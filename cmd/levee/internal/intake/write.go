package intake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/catalog/folder"
)

// Write puts documents at their places in the folder of a catalog, which is made where it is
// not there, and returns those that it did not write because a file is there.
func Write(dir string, documents []*convert.Document) (kept []*convert.Document, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of the catalog: %w", err)
	}
	root, err := os.OpenRoot(dir) // so that no link in it leads out
	if err != nil {
		return nil, fmt.Errorf("open the folder of the catalog: %w", err)
	}
	defer root.Close()
	kept = []*convert.Document{}
	for _, d := range documents {
		err := folder.Create(root, d.Path, []byte(schemaLine(root, d)+d.Text))
		switch {
		case errors.Is(err, fs.ErrExist):
			kept = append(kept, d)
		case err != nil:
			return nil, fmt.Errorf("write %s: %w", filepath.Join(dir, d.Path), err)
		}
	}
	return kept, nil
}

// schemaLine tells editors where the schema of a document is; empty where the catalog keeps none,
// and for rules, which have none.
func schemaLine(root *os.Root, d *convert.Document) string {
	if isRule(d) {
		return ""
	}
	if _, err := root.Stat(filepath.FromSlash(catalog.SchemaPath(d.Kind))); err != nil {
		return ""
	}
	return catalog.SchemaLine(d.Path, d.Kind)
}
