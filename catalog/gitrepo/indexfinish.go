package gitrepo

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
)

// leaveOut gives up an entry that takes more memory than there is to spend, with
// everything that builds on it. Whoever reads one of these objects is told that
// it is too large; all others stay readable.
func (x *indexer) leaveOut(i int) {
	x.gaps = true
	e := &x.entries[i]
	if !e.done {
		e.done = true
		x.open--
	}
	for _, c := range x.byBase[e.off] {
		if !x.entries[c].done {
			x.leaveOut(c)
		}
	}
}

// commit remembers a commit for the graph. One that cannot be read is left to
// whoever asks for it.
func (x *indexer) commit(kind plumbing.ObjectType, id plumbing.Hash, raw []byte) {
	if kind != plumbing.CommitObject {
		return
	}
	if n, err := readNode(id, raw); err == nil {
		x.commits = append(x.commits, n)
	}
}

// index makes the table of all objects that have an id.
func (x *indexer) index(sum plumbing.Hash) (*idxfile.MemoryIndex, error) {
	w := new(idxfile.Writer)
	if err := w.OnHeader(uint32(len(x.entries))); err != nil {
		return nil, fmt.Errorf("index a pack: %w", err)
	}
	for i := range x.entries {
		if e := &x.entries[i]; !e.id.IsZero() {
			w.Add(e.id, uint64(e.off), e.crc)
		}
	}
	if err := w.OnFooter(sum); err != nil {
		return nil, fmt.Errorf("index a pack: %w", err)
	}
	return w.Index()
}

// A counter knows how many bytes were taken from it.
type counter struct {
	r *bufio.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// A prefix keeps the start of what is written to it, enough for the headers of a
// commit that the graph reads.
type prefix struct{ data []byte }

func (p *prefix) Write(b []byte) (int, error) {
	if room := maxCommit - len(p.data); room > 0 {
		p.data = append(p.data, b[:min(room, len(b))]...)
	}
	return len(b), nil
}

// A stoppable reader ends with its context.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
