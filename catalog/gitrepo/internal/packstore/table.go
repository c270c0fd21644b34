package packstore

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"sort"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/hash"
)

// A table says where the objects of a pack lie. It is Git's index of the pack, in its second
// version: after a head and counts come the ids in their order, then for each of them the
// checksum of what is stored, and its offset. A small table is in memory. A large one is
// read at every look-up, so that memory does not grow with history: the system keeps what
// is looked at often.
type table struct {
	inline []byte      // the whole file; nil where it is read from
	from   *os.File    // the file of a large table
	counts [256]uint32 // of the ids that begin with a byte or a lower one
	wide   int64       // offsets that take more than 31 bits
	pack   plumbing.Hash
}

const (
	tableHead  = "\xfftOc\x00\x00\x00\x02"
	tableStart = int64(len(tableHead) + 256*4) // where the ids begin
	maxInline  = 4 << 20                       // bytes of a table that is in memory
	windowSize = 256                           // ids that are read at once
)

// openTable opens a table and checks that it is whole.
func openTable(name string) (*table, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	t, err := readTable(f)
	if t == nil || t.from == nil {
		err = errors.Join(err, f.Close())
	}
	return t, err
}

// read is so many bytes of the table: in memory where they lie, and else read into a buffer
// that has room for them. It is nil if they cannot be read.
func (t *table) read(buffer []byte, at int64, n int) []byte {
	if t.from == nil {
		if at < 0 || at+int64(n) > int64(len(t.inline)) {
			return nil
		}
		return t.inline[at : at+int64(n)]
	}
	if _, err := t.from.ReadAt(buffer[:n], at); err != nil {
		return nil
	}
	return buffer[:n]
}

func readTable(f *os.File) (*table, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	if size < tableStart+2*hashSize {
		return nil, fmt.Errorf("%w: it is %d bytes long", ErrCorrupt, size)
	}
	t := &table{from: f}
	h := hash.New(hash.CryptoType)
	if size <= maxInline {
		content := make([]byte, size)
		if _, err := io.ReadFull(f, content); err != nil {
			return nil, err
		}
		t.inline, t.from = content, nil
		h.Write(content[:size-hashSize])
	} else if _, err := io.Copy(h, io.NewSectionReader(f, 0, size-hashSize)); err != nil {
		return nil, err
	}
	start := t.read(make([]byte, tableStart), 0, int(tableStart))
	end := t.read(make([]byte, 2*hashSize), size-2*hashSize, 2*hashSize)
	if start == nil || end == nil {
		return nil, fmt.Errorf("%w: it became shorter than %d bytes", ErrCorrupt, size)
	}
	if !bytes.Equal(h.Sum(nil), end[hashSize:]) || string(start[:len(tableHead)]) != tableHead {
		return nil, fmt.Errorf("%w: its checksum or its head is wrong", ErrCorrupt)
	}
	copy(t.pack[:], end)
	for i := range t.counts {
		t.counts[i] = binary.BigEndian.Uint32(start[len(tableHead)+4*i:])
		if i > 0 && t.counts[i] < t.counts[i-1] {
			return nil, fmt.Errorf("%w: its counts fall", ErrCorrupt)
		}
	}
	rest := size - 2*hashSize - t.offsets() - 4*int64(t.count())
	if rest < 0 || rest%8 != 0 {
		return nil, fmt.Errorf("%w: it has not the length of %d objects", ErrCorrupt, t.count())
	}
	t.wide = rest / 8
	return t, nil
}

// count is the number of objects in the table.
func (t *table) count() int { return int(t.counts[255]) }

// Where the checksums and the offsets begin.
func (t *table) checksums() int64 { return tableStart + hashSize*int64(t.count()) }
func (t *table) offsets() int64   { return t.checksums() + 4*int64(t.count()) }

// bucket is where those ids are that begin with a byte.
func (t *table) bucket(first byte) (from, to int) {
	if first > 0 {
		from = int(t.counts[first-1])
	}
	return from, int(t.counts[first])
}

// ids are ids one after the other, read into a buffer where they are not in memory. It is
// nil if they cannot be read.
func (t *table) ids(buffer []byte, from, to int) []byte {
	return t.read(buffer, tableStart+hashSize*int64(from), hashSize*(to-from))
}

// find returns the offset of an object. Ids are spread evenly, so that the first window
// that is read mostly holds it. An object whose place cannot be read counts as one that is
// not there, and that as damage.
func (t *table) find(id plumbing.Hash) (offset int64, ok bool) {
	var buffer [windowSize * hashSize]byte
	lo, hi := t.bucket(id[0])
	middle := lo + int(uint64(binary.BigEndian.Uint32(id[1:]))*uint64(hi-lo)>>32)
	for lo < hi {
		from := max(lo, min(middle-windowSize/2, hi-windowSize))
		to := min(from+windowSize, hi)
		ids := t.ids(buffer[:], from, to)
		if ids == nil {
			return 0, false
		}
		i, found := sort.Find(to-from, func(i int) int { return bytes.Compare(id[:], ids[hashSize*i:hashSize*(i+1)]) })
		switch {
		case found:
			return t.offset(from + i)
		case i == 0:
			hi = from
		case i == to-from:
			lo = to
		default:
			return 0, false
		}
		middle = (lo + hi) / 2
	}
	return 0, false
}

// offset reads the table of offsets, where a set top bit points into a second
// table of wide ones.
func (t *table) offset(i int) (int64, bool) {
	var b [8]byte
	short := t.read(b[:], t.offsets()+4*int64(i), 4)
	if short == nil {
		return 0, false
	}
	narrow := binary.BigEndian.Uint32(short)
	if narrow>>31 == 0 {
		return int64(narrow), true
	}
	at := int64(narrow &^ (1 << 31))
	if at >= t.wide {
		return 0, false
	}
	long := t.read(b[:], t.offsets()+4*int64(t.count())+8*at, 8)
	if long == nil {
		return 0, false
	}
	wide := binary.BigEndian.Uint64(long)
	return int64(wide), wide <= math.MaxInt64
}

// located is where an object lies in a pack, and the checksum of what lies there.
type located struct {
	id  plumbing.Hash
	crc uint32
	off int64
}

// located lists the objects of the table in the order of their offsets.
func (t *table) located() ([]located, error) {
	n := t.count()
	ids, sums := t.ids(make([]byte, hashSize*n), 0, n), t.read(make([]byte, 4*n), t.checksums(), 4*n)
	if ids == nil || sums == nil {
		return nil, errors.New("its ids and checksums cannot be read")
	}
	all := make([]located, n)
	for i := range all {
		off, ok := t.offset(i)
		if !ok {
			return nil, fmt.Errorf("%w: an offset is not there", ErrCorrupt)
		}
		all[i] = located{id: plumbing.Hash(ids[hashSize*i:]), crc: binary.BigEndian.Uint32(sums[4*i:]), off: off}
	}
	slices.SortFunc(all, func(a, b located) int { return cmp.Compare(a.off, b.off) })
	return all, nil
}

// encodeTable writes the table of a pack. It sorts the objects by id, and keeps the first
// of those that a pack holds twice.
func encodeTable(objects []located, pack plumbing.Hash) []byte {
	slices.SortFunc(objects, func(a, b located) int { return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.off, b.off)) })
	objects = slices.CompactFunc(objects, func(a, b located) bool { return a.id == b.id })
	b := make([]byte, 0, 8+256*4+len(objects)*(hashSize+4+4)+2*hashSize)
	b = append(b, tableHead...)
	n := 0
	for first := range 256 {
		for n < len(objects) && int(objects[n].id[0]) <= first {
			n++
		}
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	for _, o := range objects {
		b = append(b, o.id[:]...)
	}
	for _, o := range objects {
		b = binary.BigEndian.AppendUint32(b, o.crc)
	}
	var wide []byte // of offsets that take more than 31 bits
	for _, o := range objects {
		if o.off <= math.MaxInt32 {
			b = binary.BigEndian.AppendUint32(b, uint32(o.off))
			continue
		}
		b = binary.BigEndian.AppendUint32(b, 1<<31|uint32(len(wide)/8))
		wide = binary.BigEndian.AppendUint64(wide, uint64(o.off))
	}
	b = append(append(b, wide...), pack[:]...)
	h := hash.New(hash.CryptoType)
	h.Write(b)
	return h.Sum(b)
}
