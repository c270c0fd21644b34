package catalog

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// OpenFolder returns a folder on disk as Files, for what is written and not yet
// committed. Nothing outside the folder is ever opened, whatever links it holds.
func OpenFolder(dir string) (Files, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the catalog: %w", err)
	}
	return diskFolder{root}, nil
}

type diskFolder struct{ root *os.Root }

func (f diskFolder) List(_ context.Context, dir string) ([]Entry, error) {
	d, err := f.root.Open(path.Join(".", dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.Close()
	infos, err := d.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, info := range infos {
		e := Entry{Path: path.Join(dir, info.Name())}
		switch {
		case info.Name() == ".git":
			continue
		case info.IsDir():
			e.Mode = Folder
		case info.Type() == 0:
			e.Mode = File
			if e.ID, err = f.blobID(e.Path); err != nil {
				return nil, err
			}
		default:
			e.Mode = Link
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// blobID is the id that Git would give the file's content.
func (f diskFolder) blobID(p string) (string, error) {
	file, err := f.root.Open(p)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	sum := sha1.New()
	fmt.Fprintf(sum, "blob %d\x00", info.Size())
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("read %s: %w", p, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (f diskFolder) Read(_ context.Context, e Entry, limit int64) ([]byte, error) {
	file, err := f.root.Open(strings.TrimPrefix(e.Path, "/"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	src, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(src)) > limit {
		return nil, ErrTooLarge
	}
	return src, nil
}
