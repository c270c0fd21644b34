package catalog

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// memory is a version of a catalog in memory, with the ids Git would give, so
// that equal folders are equal as they are in commits. It counts what is read.
type memory struct {
	files map[string]string // path → content; a content "link:…" is a link
	reads atomic.Int64
}

func (m *memory) List(_ context.Context, dir string) ([]Entry, error) {
	byPath := map[string]Entry{}
	for p, content := range m.files {
		rest, below := strings.CutPrefix(p, dir+"/")
		if dir == "" {
			rest, below = p, true
		}
		if !below {
			continue
		}
		name, _, deeper := strings.Cut(rest, "/")
		at := path.Join(dir, name)
		switch {
		case deeper:
			byPath[at] = Entry{Path: at, Mode: Folder, ID: m.id(at)}
		case strings.HasPrefix(content, "link:"):
			byPath[at] = Entry{Path: at, Mode: Link, ID: id("blob", content)}
		default:
			byPath[at] = Entry{Path: at, Mode: File, ID: id("blob", content)}
		}
	}
	return slices.SortedFunc(maps.Values(byPath), func(a, b Entry) int { return strings.Compare(a.Path, b.Path) }), nil
}

func (m *memory) id(dir string) string {
	var all []string
	for p, content := range m.files {
		if strings.HasPrefix(p, dir+"/") {
			all = append(all, p+"\x00"+content)
		}
	}
	slices.Sort(all)
	return id("tree", strings.Join(all, "\x00"))
}

func id(kind, content string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", kind, len(content), content))
	return hex.EncodeToString(sum[:])
}

func (m *memory) Read(ctx context.Context, e Entry, limit int64) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.reads.Add(1)
	content, ok := m.files[e.Path]
	if !ok {
		return nil, fmt.Errorf("no file %s", e.Path)
	}
	if int64(len(content)) > limit {
		return nil, ErrTooLarge
	}
	return []byte(content), nil
}

func load(t testing.TB, files Files, commit Commit, prev *Snapshot) *Snapshot {
	t.Helper()
	s, err := Load(t.Context(), files, commit, prev)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
