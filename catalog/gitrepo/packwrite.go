package gitrepo

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/hash"
)

// encodePack writes objects as a pack, each of them whole. The objects of one
// batch are small and unlike each other, so differences would save little.
func encodePack(objects []object) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("PACK")
	b.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 2), uint32(len(objects))))
	z := zlib.NewWriter(&b)
	for _, o := range objects {
		b.Write(entryHead(o.kind, int64(len(o.data))))
		z.Reset(&b)
		if _, err := z.Write(o.data); err != nil {
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

// land adds a pack that was written to the pack folder under a temporary name. It
// becomes readable at the end, so a crash leaves at most files that nobody knows.
func (s *store) land(ctx context.Context, tmp *os.File, size int64) error {
	idx, commits, gaps, err := buildIndex(ctx, tmp, size, &s.zip)
	if err != nil {
		return err
	}
	id := plumbing.Hash(idx.PackfileChecksum).String()
	base := filepath.Join(s.packDir(), "pack-"+id)
	if slices.ContainsFunc(s.list(), func(p *pack) bool { return p.id == id }) {
		return nil
	}
	if gaps {
		if err := os.WriteFile(base+".gaps", nil, 0o644); err != nil {
			return fmt.Errorf("keep a pack: %w", err)
		}
		s.gaps.Store(true)
	}
	if err := replaceFile(base+".graph", encodeNodes(commits)); err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	var table bytes.Buffer
	if _, err := idxfile.NewEncoder(&table).Encode(idx); err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	if err := replaceFile(base+".idx", table.Bytes()); err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	if err := os.Rename(tmp.Name(), base+".pack"); err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	p, err := openPack(s.packDir(), id)
	if err != nil {
		return err
	}
	s.graph.add(commits)
	return s.publish(func(list []*pack) []*pack { return append(slices.Clone(list), p) })
}

// landBytes adds a pack that is in memory.
func (s *store) landBytes(ctx context.Context, data []byte) error {
	tmp, err := os.CreateTemp(s.packDir(), "tmp-*")
	if err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if _, err := tmp.Write(data); err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	return s.land(ctx, tmp, int64(len(data)))
}

// publish changes which packs there are: first on disk, then for readers.
func (s *store) publish(change func([]*pack) []*pack) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := change(s.list())
	var names bytes.Buffer
	for _, p := range list {
		fmt.Fprintf(&names, "%s %d\n", p.id, p.size)
	}
	if err := replaceFile(filepath.Join(s.dir, packsFile), names.Bytes()); err != nil {
		return fmt.Errorf("keep the list of packs: %w", err)
	}
	s.packs.Store(&list)
	return nil
}

// replaceFile writes a file so that readers and crashes see the old content or
// the new, never a part. It does not wait for the disk: a mirror that power loss
// garbles is found out and built again.
func replaceFile(name string, data []byte) error {
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
