package gitrepo

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/hash"
)

// Every push and every fetch adds a pack, and a look-up asks all of them. Packs of
// one size class are joined when there are maxAlike of them, so that their number
// grows with the logarithm of what was added.
const maxAlike = 24

// sizeClasses bound the packs that are joined with each other.
var sizeClasses = [...]int64{1 << 18, 1 << 22, 1 << 26}

// fold joins small packs if there are many. Readers are not disturbed: they hold
// the old packs open.
func (s *store) fold(ctx context.Context) error {
	s.folding.Lock()
	defer s.folding.Unlock()
	var floor int64
	for _, ceiling := range sizeClasses {
		var alike []*pack
		for _, p := range s.list() {
			if p.size > floor && p.size <= ceiling {
				alike = append(alike, p)
			}
		}
		if len(alike) >= maxAlike {
			if err := s.join(ctx, alike); err != nil {
				return fmt.Errorf("join %d packs: %w", len(alike), err)
			}
		}
		floor = ceiling
	}
	return nil
}

// join writes the entries of several packs, as they are, into one. Differences
// name their base by distance, and the distance stays.
func (s *store) join(ctx context.Context, packs []*pack) error {
	if overlap(packs) {
		return nil // an index names an object once; Git would find the others odd
	}
	tmp, err := os.CreateTemp(s.packDir(), "tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	sum := hash.New(hash.CryptoType)
	out := io.MultiWriter(tmp, sum)
	var count uint32
	for _, p := range packs {
		count += uint32(p.count())
	}
	head := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), count)
	if _, err := out.Write(head); err != nil {
		return err
	}
	size := int64(packHeader + packTrailer)
	for _, p := range packs {
		body := io.NewSectionReader(p.file, packHeader, p.size-packHeader-packTrailer)
		n, err := io.Copy(out, &stoppable{ctx, body})
		if err != nil {
			return err
		}
		size += n
	}
	if _, err := tmp.Write(sum.Sum(nil)); err != nil {
		return err
	}
	if err := s.land(ctx, tmp, size); err != nil {
		return err
	}
	err = s.publish(func(list []*pack) []*pack {
		return slices.DeleteFunc(slices.Clone(list), func(p *pack) bool { return slices.Contains(packs, p) })
	})
	if err != nil {
		return err
	}
	for _, p := range packs {
		s.unlink(p.id)
	}
	return nil
}

// unlink takes the files of a pack away. What stays behind is swept later.
func (s *store) unlink(id string) {
	for _, ext := range []string{".pack", ".idx", ".graph", ".gaps"} {
		os.Remove(filepath.Join(s.packDir(), "pack-"+id+ext))
	}
}

// overlap reports whether two of the packs hold the same object, or one of them
// holds objects that its index leaves out.
func overlap(packs []*pack) bool {
	seen := map[plumbing.Hash]bool{}
	for _, p := range packs {
		var head [packHeader]byte
		if _, err := p.file.ReadAt(head[:], 0); err != nil || int(binary.BigEndian.Uint32(head[8:])) != p.count() {
			return true
		}
		for _, names := range p.idx.Names {
			for i := 0; i+hashSize <= len(names); i += hashSize {
				h := plumbing.Hash(names[i : i+hashSize])
				if seen[h] {
					return true
				}
				seen[h] = true
			}
		}
	}
	return false
}
