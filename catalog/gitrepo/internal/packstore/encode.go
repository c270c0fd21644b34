package packstore

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/hash"
)

// A Pack is a pack that was made here, with what its index says. A push sends its Data,
// and AddEncoded keeps it.
type Pack struct {
	Data    []byte
	sum     plumbing.Hash
	objects []located
	commits []*node
}

// Len is the number of objects in the pack.
func (p *Pack) Len() int { return len(p.objects) }

// EncodePack writes the own objects of an Overlay as a pack, each of them whole. They are
// those of one push, which are small and unlike each other, so that deltas would save
// little. What is that small is as short at the highest speed, which takes a third of the
// time. Trees are not compressed: they are mostly hashes, and become longer by it.
func EncodePack(o *Overlay) (*Pack, error) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	size := packHeader + packTrailer
	for _, own := range o.own {
		size += len(own.Data) + 32 // at most: its head, and what marks it as stored
	}
	b := bytes.NewBuffer(make([]byte, 0, size))
	b.WriteString("PACK")
	b.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 2), uint32(len(o.order))))
	fast, err := zlib.NewWriterLevel(b, zlib.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("write a pack: %w", err) // unreachable
	}
	stored, err := zlib.NewWriterLevel(b, zlib.NoCompression)
	if err != nil {
		return nil, fmt.Errorf("write a pack: %w", err) // unreachable
	}
	p := &Pack{objects: make([]located, 0, len(o.order))}
	for _, id := range o.order {
		own, start := o.own[id], b.Len()
		z := fast
		if own.Kind == plumbing.TreeObject {
			z = stored
		}
		b.Write(entryHead(own.Kind, int64(len(own.Data))))
		z.Reset(b)
		if _, err := z.Write(own.Data); err != nil {
			return nil, fmt.Errorf("write a pack: %w", err)
		}
		if err := z.Close(); err != nil {
			return nil, fmt.Errorf("write a pack: %w", err)
		}
		p.objects = append(p.objects, located{id: id, off: int64(start), crc: crc32.ChecksumIEEE(b.Bytes()[start:])})
		if own.Kind != plumbing.CommitObject {
			continue
		}
		if n, err := readNode(id, own.Data[:min(MaxCommit, len(own.Data))]); err == nil {
			p.commits = append(p.commits, n)
		}
	}
	h := hash.New(hash.CryptoType)
	h.Write(b.Bytes())
	p.Data = h.Sum(b.Bytes())
	copy(p.sum[:], p.Data[b.Len():])
	return p, nil
}

// entryHead is what readEntry reads.
func entryHead(kind plumbing.ObjectType, size int64) []byte {
	b := []byte{byte(kind)<<4 | byte(size&15)}
	for size >>= 4; size > 0; size >>= 7 {
		b[len(b)-1] |= 0x80
		b = append(b, byte(size&0x7f))
	}
	return b
}
