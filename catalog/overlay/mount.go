package overlay

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// mount is files of which one folder is taken from elsewhere.
type mount struct {
	under, inside catalog.Files
	at            string
}

// Mount puts all of other files in the place of one folder of a catalog: what a catalog would be if they
// were published there. The folder is a clean path from the root. Where inside gives no file, there is none.
func Mount(under catalog.Files, at string, inside catalog.Files) catalog.Files {
	return &mount{under, inside, at}
}

// List implements catalog.Files. The folders on the way to the mounted one have no id, as nobody may skip them.
func (m *mount) List(ctx context.Context, dir string) ([]catalog.Entry, error) {
	if below, ok := m.below(dir); ok {
		entries, err := m.inside.List(ctx, below)
		for i := range entries {
			entries[i].Path = path.Join(m.at, entries[i].Path)
		}
		return entries, err
	}
	entries, err := m.under.List(ctx, dir)
	if err != nil || dir != "" && !strings.HasPrefix(m.at, dir+"/") {
		return entries, err
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(m.at, dir), "/"), "/")
	step := path.Join(dir, name)
	entries = slices.DeleteFunc(slices.Clone(entries), func(e catalog.Entry) bool { return e.Path == step })
	entries = append(entries, catalog.Entry{Path: step, Mode: catalog.Folder})
	slices.SortFunc(entries, func(a, b catalog.Entry) int { return cmp.Compare(a.Path, b.Path) })
	return entries, nil
}

// Read implements catalog.Files.
func (m *mount) Read(ctx context.Context, e catalog.Entry, limit int64) ([]byte, error) {
	below, ok := m.below(e.Path)
	if !ok {
		return m.under.Read(ctx, e, limit)
	}
	e.Path = below
	return m.inside.Read(ctx, e, limit)
}

// below is a path within the mounted folder; ok is false for one outside of it.
func (m *mount) below(p string) (string, bool) {
	if p == m.at {
		return "", true
	}
	return strings.CutPrefix(p, m.at+"/")
}
