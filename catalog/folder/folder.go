// Package folder reads a catalog as it lies in a folder on disk, committed or not. It is
// the catalog.Files of levee check; that of commits is gitrepo's.
package folder

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
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// Open returns a folder on disk as Files, for what is written and not yet
// committed. Nothing outside the folder is ever opened, whatever links it holds.
func Open(dir string) (catalog.Files, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the catalog: %w", err)
	}
	return &diskFolder{root: root, read: map[string][]byte{}}, nil
}

// diskFolder reads each manifest once, when its folder is listed, so that what
// is parsed is what the id was taken of.
type diskFolder struct {
	root *os.Root
	mu   sync.Mutex
	read map[string][]byte // path → manifest that was listed and not yet asked for
}

func (f *diskFolder) List(_ context.Context, dir string) ([]catalog.Entry, error) {
	folder, err := f.root.OpenRoot(path.Join(".", dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	infos, err := fs.ReadDir(folder.FS(), ".")
	if err != nil {
		return nil, err
	}
	var entries []catalog.Entry
	for _, info := range infos {
		e := catalog.Entry{Path: path.Join(dir, info.Name())}
		switch {
		case info.Name() == ".git":
			continue
		case info.IsDir():
			e.Mode = catalog.Folder
		case info.Type() == 0:
			e.Mode = catalog.File
			if e.ID, err = f.blobID(folder, info.Name(), e.Path); err != nil {
				return nil, err
			}
		default:
			e.Mode = catalog.Link
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// blobID is the id that Git would give the file's content.
func (f *diskFolder) blobID(folder *os.Root, name, p string) (string, error) {
	file, err := folder.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() > syntax.MaxManifest {
		sum := sha1.New()
		fmt.Fprintf(sum, "blob %d\x00", info.Size())
		if _, err := io.Copy(sum, file); err != nil {
			return "", fmt.Errorf("read %s: %w", p, err)
		}
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
	src := make([]byte, info.Size())
	n, err := io.ReadFull(file, src)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) { // it may have become shorter
		return "", fmt.Errorf("read %s: %w", p, err)
	}
	if _, _, manifest := catalog.Address(p); manifest {
		f.mu.Lock()
		f.read[p] = src[:n]
		f.mu.Unlock()
	}
	return catalog.BlobID(src[:n]), nil
}

func (f *diskFolder) Read(_ context.Context, e catalog.Entry, limit int64) ([]byte, error) {
	f.mu.Lock()
	src, ok := f.read[e.Path]
	f.mu.Unlock()
	if ok && int64(len(src)) <= limit {
		return src, nil
	}
	file, err := f.root.Open(strings.TrimPrefix(e.Path, "/"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	src, err = io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(src)) > limit {
		return nil, catalog.ErrTooLarge
	}
	return src, nil
}
