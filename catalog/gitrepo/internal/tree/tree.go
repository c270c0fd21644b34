// Package tree reads Git's trees, compares and edits them, and lays what changed between
// two of them over a third (Merge). It knows of trees and the ids of what is in them, and
// nothing of commits, refs or the content of files. Folders that are equal or off the path
// are never read.
package tree

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// An Entry is one entry of a tree. Its zero value is an entry that is not there.
type Entry struct {
	Mode catalog.Mode
	ID   plumbing.Hash
}

// IsFolder reports whether the entry is another tree.
func (e Entry) IsFolder() bool { return e.Mode == catalog.Folder }

// A Named is an Entry with its name.
type Named struct {
	Name string
	Entry
}

// Empty is the tree without entries.
var Empty = plumbing.ComputeHash(plumbing.TreeObject, nil)

// gitModes are the modes that Git writes today.
var gitModes = map[catalog.Mode]string{
	catalog.File: "100644", catalog.Executable: "100755", catalog.Folder: "40000",
	catalog.Link: "120000", catalog.Submodule: "160000",
}

// modeOf reads the mode of an entry as Git does: what kind of thing it is and whether
// it can be executed count, and everything else there ever was is passed over. What is
// neither file, folder nor link is a submodule.
func modeOf(s []byte) (catalog.Mode, bool) {
	switch string(s) { // what nearly all entries have
	case "100644":
		return catalog.File, true
	case "40000":
		return catalog.Folder, true
	}
	var mode uint16
	for _, c := range s {
		if c < '0' || c > '7' {
			return 0, false
		}
		mode = mode<<3 | uint16(c-'0')
	}
	switch {
	case mode>>12 == 010 && mode&0o100 != 0:
		return catalog.Executable, len(s) > 0
	case mode>>12 == 010:
		return catalog.File, len(s) > 0
	case mode>>12 == 004:
		return catalog.Folder, len(s) > 0
	case mode>>12 == 012:
		return catalog.Link, len(s) > 0
	}
	return catalog.Submodule, len(s) > 0
}

// Read reads the entries of a tree that something refers to, sorted by name; the zero hash
// has none. What could be taken for another place, a name that is there twice, and names
// out of order are entries of the mode Odd, since what they say depends on who reads
// them. A tree that cannot be taken apart is packstore.ErrMalformed.
func Read(src packstore.Reader, h plumbing.Hash) ([]Named, error) {
	if h.IsZero() || h == Empty {
		return nil, nil
	}
	raw, err := packstore.Follow(src, h, plumbing.TreeObject, maxTree)
	if err != nil {
		return nil, err
	}
	entries, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", h, err)
	}
	return entries, nil
}

// Lookup returns the entry at a path below a tree. Nothing is there below anything but a
// folder, and nothing at a path that no tree may hold.
func Lookup(src packstore.Reader, root plumbing.Hash, path string) (Entry, error) {
	if path == "" {
		return Entry{catalog.Folder, root}, nil
	}
	if CheckPath(path) != nil {
		return Entry{}, nil // no tree holds it
	}
	at := Entry{catalog.Folder, root}
	for part := range strings.SplitSeq(path, "/") {
		if !at.IsFolder() {
			return Entry{}, nil
		}
		entries, err := Read(src, at.ID)
		if err != nil {
			return Entry{}, fmt.Errorf("look up %q: %w", cut(path, 200), err)
		}
		at = pick(entries, part)
	}
	return at, nil
}

// pick returns the entry of a name from a sorted folder.
func pick(entries []Named, name string) Entry {
	i, ok := slices.BinarySearchFunc(entries, name, func(e Named, n string) int { return cmp.Compare(e.Name, n) })
	if !ok {
		return Entry{}
	}
	return entries[i].Entry
}

func parse(raw []byte) ([]Named, error) {
	entries := make([]Named, 0, len(raw)/32)
	var odd []Named
	last, sorted := "", true
	for len(raw) > 0 {
		mode, _, ok := bytes.Cut(raw, []byte(" "))
		if !ok {
			return nil, fmt.Errorf("%w: an entry has no mode", packstore.ErrMalformed)
		}
		m, ok := modeOf(mode)
		if !ok {
			return nil, fmt.Errorf("%w: an entry has the mode %q", packstore.ErrMalformed, cut(string(mode), 16))
		}
		rest := raw[len(mode)+1:]
		end := bytes.IndexByte(rest, 0)
		if end < 0 || len(rest) < end+1+hashSize {
			return nil, fmt.Errorf("%w: it ends in the middle of an entry", packstore.ErrMalformed)
		}
		n := Named{string(rest[:end]), Entry{Mode: m, ID: plumbing.Hash(rest[end+1 : end+1+hashSize])}}
		raw = rest[end+1+hashSize:]
		if checkName(n.Name) != nil {
			odd = append(odd, oddity(fmt.Sprintf("the name %s", quoted(n.Name)), n.ID))
			continue
		}
		key := sortKey(n)
		if key < last && sorted {
			sorted = false
			odd = append(odd, oddity(fmt.Sprintf("%s out of order", quoted(n.Name)), n.ID))
		}
		last = key
		entries = append(entries, n)
	}
	slices.SortStableFunc(entries, func(a, b Named) int { return cmp.Compare(a.Name, b.Name) })
	kept := entries[:min(1, len(entries))]
	for i := 1; i < len(entries); i++ {
		if name := entries[i].Name; name != entries[i-1].Name {
			kept = append(kept, entries[i])
		} else if i == 1 || entries[i-2].Name != name {
			odd = append(odd, oddity(fmt.Sprintf("%s twice", quoted(name)), entries[i].ID))
		}
	}
	return withOddities(kept, odd), nil
}

// oddity is an entry that only says what is wrong. Its name holds no slash, so that it
// stays one part of a path.
func oddity(words string, id plumbing.Hash) Named {
	return Named{strings.ReplaceAll(words, "/", "\\x2f"), Entry{Mode: catalog.Odd, ID: id}}
}

func quoted(name string) string { return fmt.Sprintf("%q", cut(name, 64)) }

// withOddities puts in what is wrong with a tree, under names that nothing else has.
func withOddities(entries, odd []Named) []Named {
	if len(odd) == 0 {
		return entries
	}
	taken := make(map[string]bool, len(entries))
	for _, e := range entries {
		taken[e.Name] = true
	}
	for _, o := range odd {
		for taken[o.Name] {
			o.Name += "'"
		}
		taken[o.Name] = true
		entries = append(entries, o)
	}
	slices.SortFunc(entries, func(a, b Named) int { return cmp.Compare(a.Name, b.Name) })
	return entries
}

// sortKey orders entries as trees store them: a folder as if its name ended in a
// slash.
func sortKey(n Named) string {
	if n.IsFolder() {
		return n.Name + "/"
	}
	return n.Name
}

// encode writes a tree. What is odd about those it was read from does not come
// along: a server may refuse to take it once more.
func encode(entries []Named) []byte {
	entries = slices.DeleteFunc(slices.Clone(entries), func(e Named) bool { return e.Mode == catalog.Odd })
	slices.SortFunc(entries, func(a, b Named) int { return cmp.Compare(sortKey(a), sortKey(b)) })
	size := 0
	for _, e := range entries {
		size += len(gitModes[e.Mode]) + len(" \x00") + len(e.Name) + len(e.ID)
	}
	b := make([]byte, 0, size) // it is kept until it is pushed, with thousands of others
	for _, e := range entries {
		b = append(append(b, gitModes[e.Mode]...), ' ')
		b = append(append(b, e.Name...), 0)
		b = append(b, e.ID[:]...)
	}
	return b
}

// checkName refuses names that are, on some system or other, not the name of a
// plain entry: the folder itself, its parent, or a repository's own folder.
func checkName(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") || len(name) > 4096 || dotGit(name) {
		return fmt.Errorf("%w: the name %q is not allowed", packstore.ErrMalformed, cut(name, 200))
	}
	return nil
}

// dotGit reports whether some file system takes the name for ".git": some ignore
// case, trailing dots and spaces, what follows a colon, or invisible characters,
// and some have a second, short name for it.
func dotGit(name string) bool {
	s, _, _ := strings.Cut(name, ":")
	s = strings.Map(func(c rune) rune {
		switch {
		case c >= 0x200c && c <= 0x200f, c >= 0x202a && c <= 0x202e, c >= 0x206a && c <= 0x206f, c == 0xfeff:
			return -1
		}
		return c
	}, s)
	s = strings.ToLower(strings.TrimRight(s, ". "))
	before, _, _ := strings.Cut(s, `\`)
	return s == ".git" || s == "git~1" || strings.TrimRight(before, ". ") == ".git"
}

// CheckPath refuses paths that no tree may hold: ErrMalformed.
func CheckPath(path string) error {
	if len(path) > maxPath {
		return fmt.Errorf("%w: a path of %d bytes", packstore.ErrMalformed, len(path))
	}
	for part := range strings.SplitSeq(path, "/") {
		if err := checkName(part); err != nil {
			return err
		}
	}
	return nil
}

const (
	hashSize = len(plumbing.ZeroHash)

	maxTree  = 64 << 20 // bytes of one tree: about two million names
	maxPath  = 4096     // bytes of a path, as on most systems
	maxDepth = 512      // folders in folders
)

// cut shortens text that came from outside before it goes into a message.
func cut(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}
