package packstore

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"testing"
)

func TestGraphFile(t *testing.T) {
	var nodes []*node
	for i := range 5 {
		n := &node{when: int64(i)}
		_, _ = rand.Read(n.id[:])
		_, _ = rand.Read(n.tree[:])
		for _, p := range nodes {
			n.parents = append(n.parents, p.id)
		}
		nodes = append(nodes, n)
	}
	data := encodeNodes(nodes)
	back, err := decodeNodes(data)
	if err != nil || fmt.Sprint(back[4]) != fmt.Sprint(nodes[4]) {
		t.Errorf("%v, %v", back, err)
	}
	for i := range data {
		changed := bytes.Clone(data)
		changed[i] ^= 1
		if _, err := decodeNodes(changed); err == nil {
			t.Errorf("byte %d can be changed", i)
		}
		if _, err := decodeNodes(data[:i]); err == nil {
			t.Errorf("%d bytes are enough", i)
		}
	}
	// Children that come before their parents end up higher all the same.
	g := newGraph()
	g.add(nodes[3:])
	g.add(nodes[:3])
	for i, n := range nodes {
		if n.height != int32(i+1) {
			t.Errorf("node %d has the height %d", i, n.height)
		}
	}
}
