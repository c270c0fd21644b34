package packstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
)

// A pack is one pack file of the mirror, open as long as anybody may read it: the
// file may be unlinked under its readers, who keep what they hold.
type pack struct {
	id   string // the checksum of its content, forty hexadecimal digits
	file *os.File
	size int64
	idx  *idxfile.MemoryIndex
}

const (
	hashSize    = 20
	packHeader  = 12
	packTrailer = hashSize
)

// openPack opens a pack with its index and checks that both are whole: the index
// by its checksum, the pack by its size and by the checksum at its end.
func openPack(dir, id string) (*pack, error) {
	f, err := os.Open(filepath.Join(dir, "pack-"+id+".idx"))
	if err != nil {
		return nil, fmt.Errorf("open the index of pack %s: %w", id, err)
	}
	idx := idxfile.NewMemoryIndex()
	err = errors.Join(idxfile.NewDecoder(f).Decode(idx), f.Close())
	if err != nil {
		return nil, fmt.Errorf("read the index of pack %s: %w", id, err)
	}
	p := &pack{id: id, idx: idx}
	if p.file, err = os.Open(filepath.Join(dir, "pack-"+id+".pack")); err != nil {
		return nil, fmt.Errorf("open pack %s: %w", id, err)
	}
	if err := p.check(); err != nil {
		p.file.Close()
		return nil, err
	}
	return p, nil
}

func (p *pack) check() error {
	info, err := p.file.Stat()
	if err != nil {
		return fmt.Errorf("open pack %s: %w", p.id, err)
	}
	p.size = info.Size()
	end := make([]byte, packTrailer)
	if p.size < packHeader+packTrailer {
		return fmt.Errorf("open pack %s: %w: it is %d bytes long", p.id, ErrCorrupt, p.size)
	}
	if _, err := p.file.ReadAt(end, p.size-packTrailer); err != nil {
		return fmt.Errorf("open pack %s: %w", p.id, err)
	}
	if !bytes.Equal(end, p.idx.PackfileChecksum[:]) {
		return fmt.Errorf("open pack %s: %w: it does not end as its index says", p.id, ErrCorrupt)
	}
	return nil
}

// find returns the offset of an object. It reads the tables of the index itself:
// the index's own lookup remembers every answer in a map that only grows.
func (p *pack) find(h plumbing.Hash) (int64, bool) {
	k := p.idx.FanoutMapping[h[0]]
	if k < 0 || k >= len(p.idx.Names) {
		return 0, false
	}
	names := p.idx.Names[k]
	lo, hi := 0, len(names)/hashSize
	for lo < hi {
		mid := (lo + hi) / 2
		switch bytes.Compare(names[mid*hashSize:(mid+1)*hashSize], h[:]) {
		case 0:
			return p.offset(k, mid)
		case -1:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return 0, false
}

// offset reads the table of offsets, where a set top bit points into a second
// table of wide ones.
func (p *pack) offset(fan, i int) (int64, bool) {
	o := binary.BigEndian.Uint32(p.idx.Offset32[fan][4*i:])
	if o>>31 == 0 {
		return int64(o), true
	}
	wide := 8 * int(o&^(1<<31))
	if wide+8 > len(p.idx.Offset64) {
		return 0, false
	}
	o64 := binary.BigEndian.Uint64(p.idx.Offset64[wide:])
	return int64(o64), o64 < uint64(p.size)
}

// count is the number of objects in the index.
func (p *pack) count() int { return int(p.idx.Fanout[255]) }

// An entry is the header of a stored object: whole, or a delta from a base
// that is named by its offset or by its id.
type entry struct {
	kind plumbing.ObjectType
	size int64 // of what follows when inflated: the object, or the delta
	head int64 // length of the header
	base int64 // offset of the base, for OFSDeltaObject
	ref  plumbing.Hash
}

// entryAt reads the header at an offset.
func (p *pack) entryAt(off int64) (entry, error) {
	var buf [48]byte
	n, err := p.file.ReadAt(buf[:], off)
	if err != nil && !errors.Is(err, io.EOF) {
		return entry{}, fmt.Errorf("read pack %s at %d: %w", p.id, off, err)
	}
	e, err := readEntry(bytes.NewReader(buf[:n]), off)
	if err != nil {
		return e, fmt.Errorf("read pack %s at %d: %w: %v", p.id, off, ErrCorrupt, err)
	}
	return e, nil
}

// readEntry reads the header of an entry that starts at off.
func readEntry(r io.ByteReader, off int64) (entry, error) {
	var e entry
	b, err := r.ReadByte()
	if err != nil {
		return e, err
	}
	e.kind, e.size, e.head = plumbing.ObjectType(b>>4&7), int64(b&15), 1
	for shift := 4; b&0x80 != 0; shift += 7 {
		if b, err = r.ReadByte(); err != nil {
			return e, err
		}
		if shift > 55 {
			return e, errors.New("an object size overflows")
		}
		e.size |= int64(b&0x7f) << shift
		e.head++
	}
	switch e.kind {
	case plumbing.CommitObject, plumbing.TreeObject, plumbing.BlobObject, plumbing.TagObject:
		return e, nil
	case plumbing.OFSDeltaObject:
		return readBaseOffset(r, e, off)
	case plumbing.REFDeltaObject:
		for i := range e.ref {
			if e.ref[i], err = r.ReadByte(); err != nil {
				return e, err
			}
		}
		e.head += hashSize
		return e, nil
	}
	return e, fmt.Errorf("an object has the unknown type %d", e.kind)
}

// readBaseOffset reads how far back the base of a delta lies.
func readBaseOffset(r io.ByteReader, e entry, off int64) (entry, error) {
	var back int64
	for i := 0; ; i++ {
		b, err := r.ReadByte()
		if err != nil {
			return e, err
		}
		if i > 7 {
			return e, errors.New("a base offset overflows")
		}
		if i > 0 {
			back++
		}
		back = back<<7 | int64(b&0x7f)
		e.head++
		if b&0x80 == 0 {
			break
		}
	}
	e.base = off - back
	if back <= 0 || e.base < packHeader {
		return e, errors.New("a base offset points outside the pack")
	}
	return e, nil
}
