package mirror

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/object"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

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
	ID  object.ID
}

// Move is a ref that a fetch found elsewhere. An empty Old means that the ref is
// new, an empty New that it is gone from the remote.
type Move struct {
	Ref Ref
	Old object.ID
	New object.ID
}

// A Table is the refs of the mirror at one moment, sorted by name. It never
// changes; a new one takes its place.
type Table struct {
	tips []Tip
	Head Ref // what HEAD of the remote points to
}

func (t *Table) Get(name Ref) object.ID {
	i, ok := slices.BinarySearchFunc(t.tips, name, func(t Tip, n Ref) int { return cmp.Compare(t.Ref, n) })
	if !ok {
		return ""
	}
	return t.tips[i].ID
}

func (t *Table) Prefix(prefix string) []Tip {
	i, _ := slices.BinarySearchFunc(t.tips, Ref(prefix), func(t Tip, n Ref) int { return cmp.Compare(t.Ref, n) })
	j := i
	for j < len(t.tips) && strings.HasPrefix(string(t.tips[j].Ref), prefix) {
		j++
	}
	return slices.Clone(t.tips[i:j])
}

// with returns the table after some refs moved; an empty id takes one away.
func (t *Table) with(moved map[Ref]object.ID) *Table {
	next := &Table{Head: t.Head}
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

func (t *Table) sort() {
	slices.SortFunc(t.tips, func(a, b Tip) int { return cmp.Compare(a.Ref, b.Ref) })
}

// moves lists how the refs of next differ, by name.
func (t *Table) moves(next *Table) []Move {
	var moves []Move
	for _, tip := range t.tips {
		if id := next.Get(tip.Ref); id != tip.ID {
			moves = append(moves, Move{tip.Ref, tip.ID, id})
		}
	}
	for _, tip := range next.tips {
		if t.Get(tip.Ref) == "" {
			moves = append(moves, Move{tip.Ref, "", tip.ID})
		}
	}
	slices.SortFunc(moves, func(a, b Move) int { return cmp.Compare(a.Ref, b.Ref) })
	return moves
}

// encode writes the table in the format of Git's packed-refs, one file that is
// replaced as a whole, so that all refs move in one instant.
func (t *Table) encode() []byte {
	b := []byte("# pack-refs with: sorted \n")
	for _, tip := range t.tips {
		b = fmt.Appendf(b, "%s %s\n", tip.ID, tip.Ref)
	}
	return b
}

func decodeRefs(packed, head []byte) (*Table, error) {
	t := &Table{Head: Ref(strings.TrimSpace(strings.TrimPrefix(string(head), "ref: ")))}
	lines := bufio.NewScanner(bytes.NewReader(packed))
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		id, name, ok := strings.Cut(line, " ")
		if _, err := packstore.ParseHash(id); err != nil || !ok || !ValidRef(name) {
			return nil, fmt.Errorf("read the refs of the mirror: %w: the line %.200q", packstore.ErrCorrupt, line)
		}
		t.tips = append(t.tips, Tip{Ref(name), object.ID(id)})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the refs of the mirror: %w", err)
	}
	if !bytes.HasSuffix(packed, []byte("\n")) {
		return nil, fmt.Errorf("read the refs of the mirror: %w: it ends in the middle of a line", packstore.ErrCorrupt)
	}
	t.sort()
	return t, nil
}

// ValidRef reports whether Git would take the name for a ref below refs/.
func ValidRef(name string) bool {
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

// Update moves a ref of the remote from what it must be to what it shall be. An
// empty Old makes the ref, an empty New deletes it.
type Update struct {
	Ref Ref
	Old object.ID
	New object.ID
}
