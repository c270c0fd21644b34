package gitrepo

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
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/hash"
)

// An indexer learns what a received pack holds. It takes memory for one chain of
// differences at a time, never for a whole object that is not one: Git's way of
// packing lets a few kilobytes stand for gigabytes.
type indexer struct {
	p       *pack
	zip     *inflater
	entries []indexed
	byBase  map[int64][]int // offset of a base → entries that build on it
	byRef   map[plumbing.Hash][]int
	z       io.ReadCloser
	commits []*node
	open    int  // differences that are not resolved yet
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

// buildIndex reads a whole pack and returns its index and its commits. It reports
// whether objects too large to hold in memory were left out.
func buildIndex(ctx context.Context, f *os.File, size int64, zip *inflater) (*idxfile.MemoryIndex, []*node, bool, error) {
	x := &indexer{
		p: &pack{id: "being received", file: f, size: size}, zip: zip,
		byBase: map[int64][]int{}, byRef: map[plumbing.Hash][]int{},
	}
	sum, err := x.checksum(ctx)
	if err != nil {
		return nil, nil, false, err
	}
	if err := x.scan(ctx); err != nil {
		return nil, nil, false, err
	}
	if err := x.resolveAll(ctx); err != nil {
		return nil, nil, false, err
	}
	idx, err := x.index(sum)
	return idx, x.commits, x.gaps, err
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

// resolveAll makes the objects that are stored as differences, chain by chain.
func (x *indexer) resolveAll(ctx context.Context) error {
	for i := range x.entries {
		e := &x.entries[i]
		if e.kind.IsDelta() || len(x.byBase[e.off])+len(x.byRef[e.id]) == 0 {
			continue
		}
		if e.size > maxWhole {
			x.leaveOut(i)
			continue
		}
		data, err := x.zip.inflate(x.p, e.off+e.head, e.size)
		if err != nil {
			return err
		}
		if err := x.resolve(ctx, i, object{e.kind, data}, 0); err != nil {
			return err
		}
	}
	if x.open > 0 && !x.gaps {
		return fmt.Errorf("index a pack: %w: %d differences have no base", ErrMalformed, x.open)
	}
	return nil
}

// resolve makes the objects that build on one. The chain of objects above is held
// in memory, so its length and its bytes are bounded.
func (x *indexer) resolve(ctx context.Context, base int, o object, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if depth > maxChain {
		return fmt.Errorf("index a pack: %w: more than %d differences in a row", ErrMalformed, maxChain)
	}
	x.held += len(o.data)
	defer func() { x.held -= len(o.data) }()
	for _, i := range x.children(base) {
		e := &x.entries[i]
		if e.done {
			continue
		}
		start, err := x.zip.prefix(x.p, e.off+e.head, 20)
		if err != nil {
			return err
		}
		if _, result, err := deltaSizes(start); err != nil {
			return err
		} else if e.size > maxWhole || result > maxWhole || int64(x.held)+result > 2*maxWhole {
			x.leaveOut(i)
			continue
		}
		delta, err := x.zip.inflate(x.p, e.off+e.head, e.size)
		if err != nil {
			return err
		}
		data, err := packfile.PatchDelta(o.data, delta)
		if err != nil {
			return fmt.Errorf("index a pack at %d: %w: %v", e.off, ErrMalformed, err)
		}
		e.id, e.done = plumbing.ComputeHash(o.kind, data), true
		x.open--
		x.commit(o.kind, e.id, data)
		if err := x.resolve(ctx, i, object{o.kind, data}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (x *indexer) children(i int) []int {
	return slices.Concat(x.byBase[x.entries[i].off], x.byRef[x.entries[i].id])
}
