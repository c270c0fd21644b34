package gitrepo

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// ID is the id of any Git object, forty lower-case hexadecimal digits. The empty
// ID stands for no object: a ref that does not exist.
type ID string

// Tree is the id of a Git tree. Two equal Trees hold the same paths and bytes.
type Tree string

// EmptyTree is the tree without entries.
const EmptyTree Tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// idOf names an object, with the zero hash of the wire protocol as no object.
func idOf(h plumbing.Hash) ID {
	if h.IsZero() {
		return ""
	}
	return ID(h.String())
}

// Ref is the full name of a ref, such as "refs/heads/main".
type Ref string

// Branch is the ref of a branch.
func Branch(name string) Ref { return Ref("refs/heads/" + name) }

// Short is the name without "refs/heads/" or "refs/tags/".
func (r Ref) Short() string {
	s := strings.TrimPrefix(string(r), "refs/heads/")
	return strings.TrimPrefix(s, "refs/tags/")
}

// Tip is what a ref points to: a commit, or for an annotated tag the tag object.
type Tip struct {
	Ref Ref
	ID  ID
}

// Move is a ref that a fetch found elsewhere. An empty Old means that the ref is
// new, an empty New that it is gone from the remote.
type Move struct {
	Ref Ref
	Old ID
	New ID
}

// A refTable is the refs of the mirror at one moment, sorted by name. It never
// changes; a new one takes its place.
type refTable struct {
	tips []Tip
	head Ref // what HEAD of the remote points to
}

func (t *refTable) get(name Ref) ID {
	i, ok := slices.BinarySearchFunc(t.tips, name, func(t Tip, n Ref) int { return cmp.Compare(t.Ref, n) })
	if !ok {
		return ""
	}
	return t.tips[i].ID
}

func (t *refTable) prefix(prefix string) []Tip {
	i, _ := slices.BinarySearchFunc(t.tips, Ref(prefix), func(t Tip, n Ref) int { return cmp.Compare(t.Ref, n) })
	j := i
	for j < len(t.tips) && strings.HasPrefix(string(t.tips[j].Ref), prefix) {
		j++
	}
	return slices.Clone(t.tips[i:j])
}

// with returns the table after some refs moved; an empty id takes one away.
func (t *refTable) with(moved map[Ref]ID) *refTable {
	next := &refTable{head: t.head}
	for _, tip := range t.tips {
		if _, ok := moved[tip.Ref]; !ok {
			next.tips = append(next.tips, tip)
		}
	}
	for ref, id := range moved {
		if id != "" {
			next.tips = append(next.tips, Tip{ref, id})
		}
	}
	next.sort()
	return next
}

func (t *refTable) sort() {
	slices.SortFunc(t.tips, func(a, b Tip) int { return cmp.Compare(a.Ref, b.Ref) })
}

// moves lists how the refs of next differ, by name.
func (t *refTable) moves(next *refTable) []Move {
	var moves []Move
	for _, tip := range t.tips {
		if id := next.get(tip.Ref); id != tip.ID {
			moves = append(moves, Move{tip.Ref, tip.ID, id})
		}
	}
	for _, tip := range next.tips {
		if t.get(tip.Ref) == "" {
			moves = append(moves, Move{tip.Ref, "", tip.ID})
		}
	}
	slices.SortFunc(moves, func(a, b Move) int { return cmp.Compare(a.Ref, b.Ref) })
	return moves
}

// encode writes the table in the format of Git's packed-refs, one file that is
// replaced as a whole, so that all refs move in one instant.
func (t *refTable) encode() []byte {
	b := []byte("# pack-refs with: sorted \n")
	for _, tip := range t.tips {
		b = fmt.Appendf(b, "%s %s\n", tip.ID, tip.Ref)
	}
	return b
}

func decodeRefs(packed, head []byte) (*refTable, error) {
	t := &refTable{head: Ref(strings.TrimSpace(strings.TrimPrefix(string(head), "ref: ")))}
	lines := bufio.NewScanner(bytes.NewReader(packed))
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		id, name, ok := strings.Cut(line, " ")
		if _, err := packstore.ParseHash(id); err != nil || !ok || !validRef(name) {
			return nil, fmt.Errorf("read the refs of the mirror: %w: the line %.200q", ErrCorrupt, line)
		}
		t.tips = append(t.tips, Tip{Ref(name), ID(id)})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the refs of the mirror: %w", err)
	}
	if !bytes.HasSuffix(packed, []byte("\n")) {
		return nil, fmt.Errorf("read the refs of the mirror: %w: it ends in the middle of a line", ErrCorrupt)
	}
	t.sort()
	return t, nil
}

// validRef reports whether Git would take the name for a ref below refs/.
func validRef(name string) bool {
	if !strings.HasPrefix(name, "refs/") || len(name) > 1024 || strings.HasSuffix(name, ".") ||
		strings.Contains(name, "..") || strings.Contains(name, "@{") || strings.ContainsAny(name, " ~^:?*[\\\x7f") {
		return false
	}
	for _, c := range []byte(name) {
		if c < ' ' {
			return false
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// matchRef reports whether a pattern covers a ref. One star stands for anything,
// slashes included.
func matchRef(pattern string, name Ref) bool {
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == string(name)
	}
	return len(name) > len(before)+len(after) &&
		strings.HasPrefix(string(name), before) && strings.HasSuffix(string(name), after)
}
