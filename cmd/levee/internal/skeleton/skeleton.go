package skeleton

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// files is a catalog to start from. It passes its own check.
//
//go:embed all:catalog
var files embed.FS

// born is the day that the skeleton's app is said to be first asked for. It becomes the
// day of writing, lest its time is over before it began.
const born = "2026-01-10"

// Write copies the skeleton, never over a file that is there, and lists
// people's keys in its roles.
func Write(dir string, now time.Time, people []KeyHolder) (written, kept []string, err error) {
	root, err := fs.Sub(files, "catalog")
	if err != nil {
		return nil, nil, err
	}
	err = fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		content = bytes.ReplaceAll(content, []byte(born), []byte(now.UTC().Format(time.DateOnly)))
		if p == "roles.yaml" {
			content = withKeys(content, people)
		}
		to := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return fmt.Errorf("write the skeleton: %w", err)
		}
		f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			kept = append(kept, p)
			return nil
		}
		if err != nil {
			return fmt.Errorf("write the skeleton: %w", err)
		}
		if _, err := f.Write(content); err != nil {
			_ = f.Close()
			return fmt.Errorf("write the skeleton: %w", err)
		}
		written = append(written, p)
		return f.Close()
	})
	return written, kept, err
}
