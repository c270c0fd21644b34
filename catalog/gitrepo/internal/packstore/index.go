package packstore

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/hash"
)

// An indexer finds out what objects a received pack holds: scan passes over all entries
// and hashes those that are stored whole, resolveAll then makes the others from their
// bases. It takes memory for one chain of deltas at a time, never for a whole object
// that is not part of one: a few kilobytes of a pack can stand for gigabytes.
type indexer struct {
	p       *pack
	zip     *inflater
	entries []indexed
	byBase  map[int64][]int // offset of a base → entries that build on it
	byRef   map[plumbing.Hash][]int
	z       io.ReadCloser
	commits []*node
	open    int  // deltas that are not resolved yet
	held    int  // bytes of the chain being resolved
	gaps    bool // objects were left out for their size
}

type indexed struct {
	entry
	off, end int64
	crc      uint32
	id       plumbing.Hash
	done     bool
}

// buildIndex reads a whole pack and returns where its objects are, its checksum and its
// commits. It reports whether objects too large to hold in memory were left out.
func buildIndex(ctx context.Context, f *os.File, size int64, zip *inflater) ([]located, plumbing.Hash, []*node, bool, error) {
	x := &indexer{
		p: &pack{id: "being received", file: f, size: size}, zip: zip,
		byBase: map[int64][]int{}, byRef: map[plumbing.Hash][]int{},
	}
	sum, err := x.checksum(ctx)
	if err != nil {
		return nil, sum, nil, false, err
	}
	if err := x.scan(ctx); err != nil {
		return nil, sum, nil, false, err
	}
	if err := x.resolveAll(ctx); err != nil {
		return nil, sum, nil, false, err
	}
	return x.located(), sum, x.commits, x.gaps, nil
}

// checksum checks that the pack arrived as it was sent.
func (x *indexer) checksum(ctx context.Context) (sum plumbing.Hash, err error) {
	if x.p.size < packHeader+packTrailer {
		return sum, fmt.Errorf("index a pack: %w: it is %d bytes long", ErrMalformed, x.p.size)
	}
	h := hash.New(hash.CryptoType)
	if _, err := io.Copy(h, &stoppable{ctx, io.NewSectionReader(x.p.file, 0, x.p.size-packTrailer)}); err != nil {
		return sum, fmt.Errorf("index a pack: %w", err)
	}
	end := make([]byte, packTrailer)
	if _, err := x.p.file.ReadAt(end, x.p.size-packTrailer); err != nil {
		return sum, fmt.Errorf("index a pack: %w", err)
	}
	copy(sum[:], h.Sum(nil))
	if !bytes.Equal(sum[:], end) {
		return sum, fmt.Errorf("index a pack: %w: its checksum is wrong", ErrMalformed)
	}
	return sum, nil
}

// scan passes over all entries once. Whole objects are hashed as they stream by.
func (x *indexer) scan(ctx context.Context) error {
	in := &counter{r: bufio.NewReaderSize(&stoppable{ctx, io.NewSectionReader(x.p.file, 0, x.p.size-packTrailer)}, 1<<16)}
	var head [packHeader]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return fmt.Errorf("index a pack: %w", err)
	}
	if !bytes.Equal(head[:8], []byte("PACK\x00\x00\x00\x02")) {
		return fmt.Errorf("index a pack: %w: it starts with %q", ErrMalformed, head[:8])
	}
	count := int64(head[8])<<24 | int64(head[9])<<16 | int64(head[10])<<8 | int64(head[11])
	for range count {
		e := indexed{off: in.n}
		var err error
		if e.entry, err = readEntry(in, e.off); err == nil {
			err = x.scanObject(in, &e)
		}
		if err != nil {
			return fmt.Errorf("index a pack at %d: %w: %w", e.off, ErrMalformed, err)
		}
		e.end = in.n
		x.entries = append(x.entries, e)
	}
	if in.n != x.p.size-packTrailer {
		return fmt.Errorf("index a pack: %w: %d bytes follow the last object", ErrMalformed, x.p.size-packTrailer-in.n)
	}
	return x.checksums(ctx)
}

func (x *indexer) scanObject(in *counter, e *indexed) error {
	// The counter hands out single bytes, so not one past the object is taken.
	var err error
	if x.z == nil {
		x.z, err = zlib.NewReader(in)
	} else {
		err = x.z.(zlib.Resetter).Reset(in, nil)
	}
	if err != nil {
		return err
	}
	sink := io.Discard
	var hasher plumbing.Hasher
	var start prefix
	i := len(x.entries)
	switch e.kind {
	case plumbing.OFSDeltaObject:
		x.byBase[e.base] = append(x.byBase[e.base], i)
		x.open++
	case plumbing.REFDeltaObject:
		x.byRef[e.ref] = append(x.byRef[e.ref], i)
		x.open++
	default:
		hasher = plumbing.NewHasher(e.kind, e.size)
		sink = hasher
		if e.kind == plumbing.CommitObject {
			sink = io.MultiWriter(hasher, &start)
		}
	}
	if n, err := io.Copy(sink, io.LimitReader(x.z, e.size)); err != nil || n < e.size {
		return errors.Join(fmt.Errorf("%d of %d bytes", n, e.size), err)
	}
	if err := atEnd(x.z); err != nil {
		return err
	}
	if !e.kind.IsDelta() {
		e.id, e.done = hasher.Sum(), true
		x.commit(e.kind, e.id, start.data)
	}
	return nil
}

// checksums computes what the index keeps to find a pack that rotted on disk.
func (x *indexer) checksums(ctx context.Context) error {
	in := bufio.NewReaderSize(&stoppable{ctx, io.NewSectionReader(x.p.file, packHeader, x.p.size)}, 1<<16)
	for i := range x.entries {
		e := &x.entries[i]
		sum := crc32.NewIEEE()
		if _, err := io.CopyN(sum, in, e.end-e.off); err != nil {
			return fmt.Errorf("index a pack at %d: %w", e.off, err)
		}
		e.crc = sum.Sum32()
	}
	return nil
}

// located lists all objects that have an id.
func (x *indexer) located() []located {
	all := make([]located, 0, len(x.entries))
	for _, e := range x.entries {
		if !e.id.IsZero() {
			all = append(all, located{id: e.id, crc: e.crc, off: e.off})
		}
	}
	return all
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
	if room := MaxCommit - len(p.data); room > 0 {
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
