package packstore

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

// Repack joins small packs if there are many. Readers are not disturbed: they hold the
// old packs open. After an error all packs are still there, and the next Repack tries
// again.
func (s *Store) Repack(ctx context.Context) error {
	s.repacking.Lock()
	defer s.repacking.Unlock()
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

// join puts one pack in the place of several.
func (s *Store) join(ctx context.Context, packs []*pack) error {
	if overlap(packs) {
		return nil // an index names an object once; Git would find the others odd
	}
	if err := s.Add(ctx, func(w io.Writer) error { return concat(w, packs) }); err != nil {
		return err
	}
	err := s.publish(func(list []*pack) []*pack {
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

// concat writes the entries of several packs, as they are, as one pack. Deltas name
// their base by distance, and the distance stays.
func concat(w io.Writer, packs []*pack) error {
	sum := hash.New(hash.CryptoType)
	out := io.MultiWriter(w, sum)
	var count uint32
	for _, p := range packs {
		count += uint32(p.count())
	}
	if _, err := out.Write(binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), count)); err != nil {
		return err
	}
	for _, p := range packs {
		if _, err := io.Copy(out, io.NewSectionReader(p.file, packHeader, p.size-packHeader-packTrailer)); err != nil {
			return err
		}
	}
	_, err := w.Write(sum.Sum(nil))
	return err
}

// unlink removes the files of a pack. What stays behind is removed by the next Open.
func (s *Store) unlink(id string) {
	for _, ext := range []string{".pack", ".idx", ".graph", ".gaps"} {
		os.Remove(filepath.Join(s.packDir(), "pack-"+id+ext))
	}
}

// overlap reports whether two of the packs hold the same object, or one of them
// holds objects that its index leaves out.
func overlap(packs []*pack) bool {
	for _, p := range packs {
		var head [packHeader]byte
		if _, err := p.file.ReadAt(head[:], 0); err != nil || int(binary.BigEndian.Uint32(head[8:])) != p.count() {
			return true
		}
	}
	seen := map[plumbing.Hash]bool{} // of those that begin with one byte, or it were large
	for first := range 256 {
		clear(seen)
		for _, p := range packs {
			k := p.idx.FanoutMapping[first]
			if k < 0 || k >= len(p.idx.Names) {
				continue
			}
			names := p.idx.Names[k]
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
