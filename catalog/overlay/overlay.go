// Package overlay lays files over those of a catalog, by path, in memory: what a catalog would be
// with a change.
package overlay

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// Files are files laid over others.
type Files struct {
	under catalog.Files
	laid  map[string][]byte // path → content; nil where the file is gone
}

var _ catalog.Files = (*Files)(nil)

// New lays files over others. A path is a clean one from the root; nil for content takes the file
// away. Neither may be changed afterwards.
func New(under catalog.Files, laid map[string][]byte) *Files { return &Files{under, laid} }

// List implements catalog.Files. What is in a folder with files laid over it may be skipped by
// nobody, so the folder has no id.
func (f *Files) List(ctx context.Context, dir string) ([]catalog.Entry, error) {
	entries, err := f.under.List(ctx, dir)
	if err != nil {
		return nil, err
	}
	byPath := make(map[string]catalog.Entry, len(entries))
	for _, e := range entries {
		byPath[e.Path] = e
	}
	for p, content := range f.laid {
		rest, below := strings.CutPrefix(p, dir+"/")
		if dir == "" {
			rest, below = p, true
		}
		name, _, deeper := strings.Cut(rest, "/")
		at := path.Join(dir, name)
		switch _, there := byPath[at]; {
		case !below:
		case deeper && (content != nil || there):
			byPath[at] = catalog.Entry{Path: at, Mode: catalog.Folder}
		case deeper:
		case content == nil:
			delete(byPath, at)
		default:
			byPath[at] = catalog.Entry{Path: at, Mode: catalog.File, ID: catalog.BlobID(content)}
		}
	}
	listed := make([]catalog.Entry, 0, len(byPath))
	for _, e := range byPath {
		listed = append(listed, e)
	}
	slices.SortFunc(listed, func(a, b catalog.Entry) int { return cmp.Compare(a.Path, b.Path) })
	return listed, nil
}

// Read implements catalog.Files.
func (f *Files) Read(ctx context.Context, e catalog.Entry, limit int64) ([]byte, error) {
	content, ok := f.laid[e.Path]
	switch {
	case !ok:
		return f.under.Read(ctx, e, limit)
	case int64(len(content)) > limit:
		return nil, catalog.ErrTooLarge
	}
	return content, nil
}
