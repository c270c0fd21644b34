package packstore

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/hash"
)

// located is where an object lies in a pack, and the checksum of what lies there.
type located struct {
	id  plumbing.Hash
	crc uint32
	off int64
}

// located lists the objects of the pack's index in the order of their offsets.
func (p *pack) located() []located {
	all := make([]located, 0, p.count())
	for first := range 256 {
		k := p.idx.FanoutMapping[first]
		if k < 0 || k >= len(p.idx.Names) {
			continue
		}
		for i := range len(p.idx.Names[k]) / hashSize {
			o := located{id: plumbing.Hash(p.idx.Names[k][i*hashSize:]), crc: binary.BigEndian.Uint32(p.idx.CRC32[k][4*i:])}
			o.off, _ = p.offset(k, i)
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b located) int { return cmp.Compare(a.off, b.off) })
	return all
}

// encodeIndex is the index of a pack as Git writes it, in its second version. It sorts the
// objects by id.
func encodeIndex(objects []located, pack plumbing.Hash) []byte {
	slices.SortFunc(objects, func(a, b located) int { return bytes.Compare(a.id[:], b.id[:]) })
	b := make([]byte, 0, 8+256*4+len(objects)*(hashSize+4+4)+2*hashSize)
	b = append(b, "\xfftOc\x00\x00\x00\x02"...)
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
