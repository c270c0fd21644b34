package intake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/levee-gitops/levee/catalog/convert"
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
		written, err := writeNew(root, d)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", filepath.Join(dir, d.Path), err)
		}
		if !written {
			kept = append(kept, d)
		}
	}
	return kept, nil
}

// writeNew writes a document, unless a file is there.
func writeNew(root *os.Root, d *convert.Document) (written bool, err error) {
	to := filepath.FromSlash(d.Path)
	if err := root.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return false, err
	}
	file, err := root.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = file.WriteString(schemaLine(root, d) + d.Text)
	if err = errors.Join(err, file.Close()); err != nil {
		_ = root.Remove(to) // half of it would be kept as if somebody had written it
		return false, err
	}
	return true, nil
}

// schemaLine tells editors where the schema of a document is; empty where the catalog keeps none,
// and for rules, which have none.
func schemaLine(root *os.Root, d *convert.Document) string {
	if isRule(d) {
		return ""
	}
	schema := path.Join("schemas", string(d.Kind)+".json")
	if _, err := root.Stat(filepath.FromSlash(schema)); err != nil {
		return ""
	}
	return "# yaml-language-server: $schema=" + strings.Repeat("../", strings.Count(d.Path, "/")) + schema + "\n"
}
