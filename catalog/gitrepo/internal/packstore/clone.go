package packstore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Clone copies the packs of the store in the folder from into the folder to, which Open
// then opens. Packs never change, so they are linked where the file system can do that.
// Another process may be using from: if it joins packs meanwhile, the error is
// os.ErrNotExist, and the caller tries again.
func Clone(from, to string) error {
	if err := os.MkdirAll(packDir(to), 0o755); err != nil {
		return fmt.Errorf("clone the mirror: %w", err)
	}
	names, err := os.ReadFile(filepath.Join(from, packsFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(to, packsFile), names, 0o644)
	}
	if err != nil {
		return fmt.Errorf("clone the mirror: %w", err)
	}
	for line := range strings.Lines(string(names)) {
		id, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		files, err := filepath.Glob(filepath.Join(packDir(from), "pack-"+id+".*"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("copy pack %s: %w", id, os.ErrNotExist)
		}
		for _, file := range files {
			if err := linkOrCopy(file, filepath.Join(packDir(to), filepath.Base(file))); err != nil {
				return fmt.Errorf("clone the mirror: %w", err)
			}
		}
	}
	return nil
}

func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
