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

// modeOf reads the mode of an entry. Old versions of Git wrote group-writable
// files and leading zeros.
func modeOf(s []byte) (catalog.Mode, bool) {
	switch string(bytes.TrimLeft(s, "0")) {
	case "100644", "100664":
		return catalog.File, true
	case "100755":
		return catalog.Executable, true
	case "40000":
		return catalog.Folder, true
	case "120000":
		return catalog.Link, true
	case "160000":
		return catalog.Submodule, true
	}
	return 0, false
}

// readTree reads the entries of a tree that something refers to, sorted by name.
// A tree with a name that could be taken for another place, or with one name
// twice, is ErrMalformed as a whole: what it says depends on who reads it.
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
	last := ""
	for len(raw) > 0 {
		mode, _, ok := bytes.Cut(raw[:min(len(raw), 16)], []byte(" "))
		if !ok {
			return nil, fmt.Errorf("%w: an entry has no mode", ErrMalformed)
		}
		m, ok := modeOf(mode)
		if !ok {
			return nil, fmt.Errorf("%w: an entry has the mode %q", ErrMalformed, mode)
		}
		rest := raw[len(mode)+1:]
		end := bytes.IndexByte(rest, 0)
		if end < 0 || len(rest) < end+1+hashSize {
			return nil, fmt.Errorf("%w: it ends in the middle of an entry", ErrMalformed)
		}
		n := named{string(rest[:end]), leaf{mode: m, id: plumbing.Hash(rest[end+1 : end+1+hashSize])}}
		if err := checkName(n.name); err != nil {
			return nil, err
		}
		key := sortKey(n)
		if key <= last {
			return nil, fmt.Errorf("%w: the name %q is out of order", ErrMalformed, cut(n.name, 200))
		}
		last = key
		entries = append(entries, n)
		raw = rest[end+1+hashSize:]
	}
	slices.SortFunc(entries, func(a, b named) int { return cmp.Compare(a.name, b.name) })
	for i := 1; i < len(entries); i++ {
		if entries[i].name == entries[i-1].name {
			return nil, fmt.Errorf("%w: the name %q is there twice", ErrMalformed, cut(entries[i].name, 200))
		}
	}
	return entries, nil
}

// sortKey orders entries as trees store them: a folder as if its name ended in a
// slash.
func sortKey(n named) string {
	if n.isFolder() {
		return n.name + "/"
	}
	return n.name
}

// encodeTree writes a tree.
func encodeTree(entries []named) []byte {
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
