package packstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

// A node is what the commit graph knows of one commit.
type node struct {
	id      plumbing.Hash
	tree    plumbing.Hash
	parents []plumbing.Hash
	when    int64 // seconds, as the committer claims
	height  int32 // one more than the highest parent: descendants are always higher
}

// A graph holds every commit of the mirror, so that questions about history read
// no objects. Heights make its answers exact whatever the clocks of the
// committers said. A commit takes about 200 bytes.
type graph struct {
	mu      sync.RWMutex
	nodes   map[plumbing.Hash]*node
	awaited map[plumbing.Hash]bool // parents that are not there
}

func newGraph() *graph {
	return &graph{nodes: map[plumbing.Hash]*node{}, awaited: map[plumbing.Hash]bool{}}
}

// add takes the commits of one pack.
func (g *graph) add(commits []*node) {
	g.mu.Lock()
	defer g.mu.Unlock()
	late := false
	added := commits[:0:0]
	for _, n := range commits {
		if g.nodes[n.id] == nil {
			g.nodes[n.id] = n
			added = append(added, n)
		}
		if g.awaited[n.id] {
			delete(g.awaited, n.id)
			late = true
		}
	}
	if late {
		// A parent that comes after its child raises everything above it.
		for _, n := range g.nodes {
			n.height = 0
		}
		for _, n := range g.nodes {
			g.raise(n)
		}
		return
	}
	for _, n := range added {
		g.raise(n)
	}
}

// raise gives a node and everything below it their heights, without recursion:
// histories are deeper than stacks.
func (g *graph) raise(n *node) {
	stack := []*node{n}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		if top.height > 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		var highest int32
		waiting := false
		for _, id := range top.parents {
			p := g.nodes[id]
			switch {
			case p == nil:
				g.awaited[id] = true
			case p.height == 0:
				stack = append(stack, p)
				waiting = true
			default:
				highest = max(highest, p.height)
			}
		}
		if !waiting {
			top.height = highest + 1
			stack = stack[:len(stack)-1]
		}
	}
}

// CommitLinks reads the tree and the parents from the start of a commit as the graph does.
// Tests hold other parsers of commits against it.
func CommitLinks(raw []byte) (tree plumbing.Hash, parents []plumbing.Hash, err error) {
	n, err := readNode(plumbing.ZeroHash, raw)
	if err != nil {
		return tree, nil, err
	}
	return n.tree, n.parents, nil
}

// readNode reads what the graph needs from the start of a commit object.
func readNode(id plumbing.Hash, raw []byte) (*node, error) {
	n := &node{id: id}
	line, rest, _ := bytes.Cut(raw, []byte("\n"))
	var err error
	if n.tree, err = readLink(line, "tree "); err != nil {
		return nil, err
	}
	for {
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		if !bytes.HasPrefix(line, []byte("parent ")) {
			break
		}
		p, err := readLink(line, "parent ")
		if err != nil {
			return nil, err
		}
		n.parents = append(n.parents, p)
	}
	for len(line) > 0 {
		if at, ok := bytes.CutPrefix(line, []byte("committer ")); ok {
			f := bytes.Fields(at[bytes.LastIndexByte(at, '>')+1:])
			if len(f) > 0 {
				n.when, _ = strconv.ParseInt(string(f[0]), 10, 64) // only orders equals
			}
			break
		}
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	return n, nil
}

// readLink reads the header of a commit that names another object. Git reads ids in upper
// case too.
func readLink(line []byte, key string) (plumbing.Hash, error) {
	hex, ok := bytes.CutPrefix(line, []byte(key))
	if !ok {
		return plumbing.ZeroHash, fmt.Errorf("%w: a commit without %q", ErrMalformed, key)
	}
	h, err := ParseHash(string(bytes.ToLower(hex)))
	if err != nil {
		return h, fmt.Errorf("%w: a commit with the %s%.64q", ErrMalformed, key, hex)
	}
	return h, nil
}

var graphMagic = []byte("LVG2")

// encodeNodes writes the commits of a pack to be kept beside it.
func encodeNodes(nodes []*node) []byte {
	b := slices.Clone(graphMagic)
	b = binary.BigEndian.AppendUint32(b, uint32(len(nodes)))
	for _, n := range nodes {
		b = append(b, n.id[:]...)
		b = append(b, n.tree[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(n.when))
		b = binary.BigEndian.AppendUint32(b, uint32(len(n.parents)))
		for _, p := range n.parents {
			b = append(b, p[:]...)
		}
	}
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// decodeNodes reads what encodeNodes wrote. Anything else is an error.
func decodeNodes(b []byte) ([]*node, error) {
	bad := errors.New("read the commits of a pack: the file is damaged")
	if len(b) < 12 || !bytes.HasPrefix(b, graphMagic) ||
		crc32.ChecksumIEEE(b[:len(b)-4]) != binary.BigEndian.Uint32(b[len(b)-4:]) {
		return nil, bad
	}
	n := int(binary.BigEndian.Uint32(b[4:]))
	b = b[8 : len(b)-4]
	if n > len(b)/52 {
		return nil, bad
	}
	nodes := make([]*node, n)
	for i := range nodes {
		if len(b) < 52 {
			return nil, bad
		}
		c := &node{when: int64(binary.BigEndian.Uint64(b[40:]))}
		copy(c.id[:], b)
		copy(c.tree[:], b[20:])
		parents := int(binary.BigEndian.Uint32(b[48:]))
		if b = b[52:]; len(b)/hashSize < parents {
			return nil, bad
		}
		c.parents = make([]plumbing.Hash, parents)
		for j := range c.parents {
			copy(c.parents[j][:], b[j*hashSize:])
		}
		nodes[i], b = c, b[parents*hashSize:]
	}
	return nodes, nil
}
