package upgrade

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/levee-gitops/levee/catalog"
)

// Outcome is what becomes of a file.
type Outcome string

// The outcomes, as they are told.
const (
	Added       Outcome = "added"
	Replaced    Outcome = "changed"
	Merged      Outcome = "merged"
	Conflicting Outcome = "conflict"
	Removed     Outcome = "removed"
	Kept        Outcome = "kept"
)

// File is one file of an app, by its path from the root of the catalog.
type File struct {
	Path    string
	Outcome Outcome
	Content []byte // nil where it goes, and where it is kept
	Why     string // it is kept, in words; empty otherwise
}

// maxFile is the longest file of an app that is compared, in bytes; those of scaffolds are no longer.
const maxFile = 1 << 20

// merger brings the files beside an app from one version of its blueprint to another.
type merger struct {
	files    catalog.Files
	dir      string // the app's folder
	from, to string
}

// merge says what becomes of the files that either version of the scaffold has.
func (m merger) merge(ctx context.Context, before, now map[string][]byte) ([]File, error) {
	names := map[string]bool{}
	for name := range before {
		names[name] = true
	}
	for name := range now {
		names[name] = true
	}
	var all []File
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was, had := before[name]
		is, has := now[name]
		if had == has && bytes.Equal(was, is) {
			continue
		}
		f := File{Path: path.Join(m.dir, name)}
		own, there, err := m.own(ctx, f.Path)
		switch {
		case errors.Is(err, catalog.ErrTooLarge):
			f.Outcome, f.Why = Kept, "it is too long to be compared with the blueprint's"
		case err != nil:
			return nil, fmt.Errorf("read %s: %w", f.Path, err)
		default:
			if err := m.decide(ctx, &f, version{was, had}, version{own, there}, version{is, has}); err != nil {
				return nil, fmt.Errorf("merge %s: %w", f.Path, err)
			}
		}
		if f.Outcome != "" {
			all = append(all, f)
		}
	}
	return all, nil
}

// version is a file in one version; one that is not there has no content.
type version struct {
	content []byte
	there   bool
}

func (v version) same(other version) bool {
	return v.there == other.there && bytes.Equal(v.content, other.content)
}

// decide is the table of what becomes of a file that the blueprint changed, by what its author did with it.
func (m merger) decide(ctx context.Context, f *File, before, own, now version) (err error) {
	switch {
	case own.same(now): // somebody did it by hand; also what is in neither
	case own.same(before) && !now.there:
		f.Outcome = Removed
	case own.same(before) && !before.there:
		f.Outcome, f.Content = Added, now.content
	case own.same(before):
		f.Outcome, f.Content = Replaced, now.content
	case !own.there:
		f.Outcome, f.Why = Kept, fmt.Sprintf("you took it away, and %s has another one", m.to)
	case !now.there:
		f.Outcome, f.Why = Kept, fmt.Sprintf("you changed it, and %s has it no more", m.to)
	case !before.there:
		f.Outcome, f.Why = Kept, fmt.Sprintf("it is yours, and %s has one of that name", m.to)
	case isBinary(before.content) || isBinary(own.content) || isBinary(now.content):
		f.Outcome, f.Why = Kept, fmt.Sprintf("you changed it, %s has another one, and it is no text", m.to)
	default:
		f.Content, f.Outcome, err = m.lines(ctx, before.content, own.content, now.content)
	}
	return err
}

func isBinary(content []byte) bool { return bytes.IndexByte(content, 0) >= 0 }

// own reads what the app has at a path.
func (m merger) own(ctx context.Context, p string) (content []byte, there bool, err error) {
	entries, err := m.files.List(ctx, path.Dir(p))
	if err != nil {
		return nil, false, err
	}
	for _, e := range entries {
		switch {
		case e.Path != p:
		case e.Mode == catalog.File || e.Mode == catalog.Executable:
			content, err = m.files.Read(ctx, e, maxFile)
			return content, true, err
		default:
			return nil, false, errors.New("there is a folder or a link of that name")
		}
	}
	return nil, false, nil
}
