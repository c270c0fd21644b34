package gitrepo

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

// A leaf is one entry of a tree. Its zero value is an entry that is not there.
type leaf struct {
	mode catalog.Mode
	id   plumbing.Hash
}

func (l leaf) isFolder() bool { return l.mode == catalog.Folder }

// A named is a leaf with its name.
type named struct {
	name string
	leaf
}

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

// readTree reads the entries of a tree that something refers to, sorted by name.
// What could be taken for another place, a name that is there twice, and names out of
// order are entries of the mode Odd, since what they say depends on who reads them. A
// tree that cannot be taken apart is ErrMalformed.
func readTree(src source, h plumbing.Hash) ([]named, error) {
	if h.IsZero() || h == emptyTree {
		return nil, nil
	}
	raw, err := follow(src, h, plumbing.TreeObject, maxTree)
	if err != nil {
		return nil, err
	}
	entries, err := parseTree(raw)
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", h, err)
	}
	return entries, nil
}

var emptyTree = plumbing.NewHash(string(EmptyTree))

func parseTree(raw []byte) ([]named, error) {
	entries := make([]named, 0, len(raw)/32)
	var odd []named
	last, sorted := "", true
	for len(raw) > 0 {
		mode, _, ok := bytes.Cut(raw, []byte(" "))
		if !ok {
			return nil, fmt.Errorf("%w: an entry has no mode", ErrMalformed)
		}
		m, ok := modeOf(mode)
		if !ok {
			return nil, fmt.Errorf("%w: an entry has the mode %q", ErrMalformed, cut(string(mode), 16))
		}
		rest := raw[len(mode)+1:]
		end := bytes.IndexByte(rest, 0)
		if end < 0 || len(rest) < end+1+hashSize {
			return nil, fmt.Errorf("%w: it ends in the middle of an entry", ErrMalformed)
		}
		n := named{string(rest[:end]), leaf{mode: m, id: plumbing.Hash(rest[end+1 : end+1+hashSize])}}
		raw = rest[end+1+hashSize:]
		if checkName(n.name) != nil {
			odd = append(odd, oddity(fmt.Sprintf("the name %s", quoted(n.name)), n.id))
			continue
		}
		key := sortKey(n)
		if key < last && sorted {
			sorted = false
			odd = append(odd, oddity(fmt.Sprintf("%s out of order", quoted(n.name)), n.id))
		}
		last = key
		entries = append(entries, n)
	}
	slices.SortStableFunc(entries, func(a, b named) int { return cmp.Compare(a.name, b.name) })
	kept := entries[:min(1, len(entries))]
	for i := 1; i < len(entries); i++ {
		if name := entries[i].name; name != entries[i-1].name {
			kept = append(kept, entries[i])
		} else if i == 1 || entries[i-2].name != name {
			odd = append(odd, oddity(fmt.Sprintf("%s twice", quoted(name)), entries[i].id))
		}
	}
	return withOddities(kept, odd), nil
}

// oddity is an entry that only says what is wrong. Its name holds no slash, so that it
// stays one part of a path.
func oddity(words string, id plumbing.Hash) named {
	return named{strings.ReplaceAll(words, "/", "\\x2f"), leaf{mode: catalog.Odd, id: id}}
}

func quoted(name string) string { return fmt.Sprintf("%q", cut(name, 64)) }

// withOddities puts in what is wrong with a tree, under names that nothing else has.
func withOddities(entries, odd []named) []named {
	if len(odd) == 0 {
		return entries
	}
	taken := make(map[string]bool, len(entries))
	for _, e := range entries {
		taken[e.name] = true
	}
	for _, o := range odd {
		for taken[o.name] {
			o.name += "'"
		}
		taken[o.name] = true
		entries = append(entries, o)
	}
	slices.SortFunc(entries, func(a, b named) int { return cmp.Compare(a.name, b.name) })
	return entries
}

// sortKey orders entries as trees store them: a folder as if its name ended in a
// slash.
func sortKey(n named) string {
	if n.isFolder() {
		return n.name + "/"
	}
	return n.name
}

// encodeTree writes a tree. What is odd about those it was read from does not come
// along: a server may refuse to take it once more.
func encodeTree(entries []named) []byte {
	entries = slices.DeleteFunc(slices.Clone(entries), func(e named) bool { return e.mode == catalog.Odd })
	slices.SortFunc(entries, func(a, b named) int { return cmp.Compare(sortKey(a), sortKey(b)) })
	var b []byte
	for _, e := range entries {
		b = fmt.Appendf(b, "%s %s\x00", gitModes[e.mode], e.name)
		b = append(b, e.id[:]...)
	}
	return b
}

// checkName refuses names that are, on some system or other, not the name of a
// plain entry: the folder itself, its parent, or a repository's own folder.
func checkName(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") || len(name) > 4096 || dotGit(name) {
		return fmt.Errorf("%w: the name %q is not allowed", ErrMalformed, cut(name, 200))
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

// checkPath refuses paths that no tree may hold.
func checkPath(path string) error {
	if len(path) > maxPath {
		return fmt.Errorf("%w: a path of %d bytes", ErrMalformed, len(path))
	}
	for part := range strings.SplitSeq(path, "/") {
		if err := checkName(part); err != nil {
			return err
		}
	}
	return nil
}

const (
	maxPath  = 4096 // bytes of a path, as on most systems
	maxDepth = 512  // folders in folders
)
