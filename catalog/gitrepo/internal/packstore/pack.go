package packstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing"
)

// A pack is one pack file of the mirror, open as long as anybody may read it: the
// file may be unlinked under its readers, who keep what they hold.
type pack struct {
	*table

	id   string // the checksum of its content, forty hexadecimal digits
	file *os.File
	size int64
}

const (
	hashSize    = 20
	packHeader  = 12
	packTrailer = hashSize
)

// openPack opens a pack with its index and checks that both are whole: the index
// by its checksum, the pack by its size and by the checksum at its end.
func openPack(dir, id string) (*pack, error) {
	t, err := openTable(filepath.Join(dir, "pack-"+id+".idx"))
	if err != nil {
		return nil, fmt.Errorf("open the index of pack %s: %w", id, err)
	}
	p := &pack{id: id, table: t}
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
	if !bytes.Equal(end, p.pack[:]) {
		return fmt.Errorf("open pack %s: %w: it does not end as its index says", p.id, ErrCorrupt)
	}
	return nil
}

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
