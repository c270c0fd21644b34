package output

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Schemas writes schemas into a folder: a file for each, by its name, as App.json. It writes over
// files that are there.
func Schemas(dir string, all map[string]any) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write schemas: %w", err)
	}
	for name, schema := range all {
		var b strings.Builder
		if err := JSON(&b, schema); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name+".json"), []byte(b.String()), 0o644); err != nil {
			return fmt.Errorf("write the schema of %s: %w", name, err)
		}
	}
	return nil
}
