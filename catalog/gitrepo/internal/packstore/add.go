package packstore

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/hash"
)

// EncodePack writes objects as a pack, each of them whole. It is for the objects of one
// push, which are small and unlike each other, so that deltas would save little. What is
// that small is as short at the highest speed, which takes a third of the time. Trees are
// not compressed: they are mostly hashes, and become longer by it.
func EncodePack(objects []Object) ([]byte, error) {
	size := packHeader + packTrailer
	for _, o := range objects {
		size += len(o.Data) + 32 // at most: its head, and what marks it as stored
	}
	b := bytes.NewBuffer(make([]byte, 0, size))
	b.WriteString("PACK")
	b.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 2), uint32(len(objects))))
	fast, err := zlib.NewWriterLevel(b, zlib.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("write a pack: %w", err) // unreachable
	}
	stored, err := zlib.NewWriterLevel(b, zlib.NoCompression)
	if err != nil {
		return nil, fmt.Errorf("write a pack: %w", err) // unreachable
	}
	for _, o := range objects {
		z := fast
		if o.Kind == plumbing.TreeObject {
			z = stored
		}
		b.Write(entryHead(o.Kind, int64(len(o.Data))))
		z.Reset(b)
		if _, err := z.Write(o.Data); err != nil {
			return nil, fmt.Errorf("write a pack: %w", err)
		}
		if err := z.Close(); err != nil {
			return nil, fmt.Errorf("write a pack: %w", err)
		}
	}
	h := hash.New(hash.CryptoType)
	h.Write(b.Bytes())
	return h.Sum(b.Bytes()), nil
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

// Add adds the pack that fill writes. The pack is indexed and every object in it hashed
// before any of them can be read; a pack that is there already is no error. An error of
// fill is returned as it is, a pack that cannot be read is ErrMalformed, and both leave
// nothing behind; a crash leaves at most files that the next Open removes. Objects too
// large to hold in memory are left out: reading them is catalog.ErrTooLarge.
func (s *Store) Add(ctx context.Context, fill func(io.Writer) error) error {
	tmp, err := os.CreateTemp(s.packDir(), "tmp-*")
	if err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if err := fill(&stoppableWriter{ctx, tmp}); err != nil {
		return err
	}
	size, err := tmp.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	idx, commits, gaps, err := buildIndex(ctx, tmp, size, &s.zip)
	if err != nil {
		return err
	}
	id := plumbing.Hash(idx.PackfileChecksum).String()
	if slices.ContainsFunc(s.list(), func(p *pack) bool { return p.id == id }) {
		return nil
	}
	var table bytes.Buffer
	if _, err := idxfile.NewEncoder(&table).Encode(idx); err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	p, err := s.keep(tmp.Name(), id, table.Bytes(), commits, gaps)
	if err != nil {
		return err
	}
	s.graph.add(commits)
	return s.publish(func(list []*pack) []*pack { return append(slices.Clone(list), p) })
}

// keep gives a pack its name, beside the files that say what is in it, and opens it.
func (s *Store) keep(tmp, id string, index []byte, commits []*node, gaps bool) (*pack, error) {
	base := filepath.Join(s.packDir(), "pack-"+id)
	if gaps {
		if err := os.WriteFile(base+".gaps", nil, 0o644); err != nil {
			return nil, fmt.Errorf("keep a pack: %w", err)
		}
		s.gaps.Store(true)
	}
	if err := ReplaceFile(base+".graph", encodeNodes(commits)); err != nil {
		return nil, fmt.Errorf("keep a pack: %w", err)
	}
	if err := ReplaceFile(base+".idx", index); err != nil {
		return nil, fmt.Errorf("keep a pack: %w", err)
	}
	if err := os.Rename(tmp, base+".pack"); err != nil {
		return nil, fmt.Errorf("keep a pack: %w", err)
	}
	return openPack(s.packDir(), id)
}

// publish changes which packs there are: first on disk, then for readers. When the disk
// refuses, nothing changed.
func (s *Store) publish(change func([]*pack) []*pack) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := change(s.list())
	var names bytes.Buffer
	for _, p := range list {
		fmt.Fprintf(&names, "%s %d\n", p.id, p.size)
	}
	if err := ReplaceFile(filepath.Join(s.dir, packsFile), names.Bytes()); err != nil {
		return fmt.Errorf("keep the list of packs: %w", err)
	}
	s.packs.Store(&list)
	return nil
}

// ReplaceFile writes a file so that readers and crashes see the old content or the new,
// never a part. It does not wait for the disk: what power loss garbles, the next Open
// refuses, and the mirror is built again.
func ReplaceFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), "tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// A stoppableWriter ends with its context.
type stoppableWriter struct {
	ctx context.Context
	w   io.Writer
}

func (s *stoppableWriter) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}
