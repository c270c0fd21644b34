package packstore

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
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

// join puts one pack in the place of several. Every object of theirs was hashed when it was
// added; that each is as it was then is seen by its checksum.
func (s *Store) join(ctx context.Context, packs []*pack) error {
	if overlap(packs) {
		return nil // an index names an object once; Git would find the others odd
	}
	tmp, err := os.CreateTemp(s.packDir(), "tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	w := bufio.NewWriterSize(&stoppableWriter{ctx, tmp}, 1<<16)
	objects, sum, err := concat(w, packs)
	if err == nil {
		err = w.Flush()
	}
	if errors.Is(err, ErrCorrupt) {
		s.damaged.Store(true)
	}
	if err != nil {
		return err
	}
	var commits []*node
	for _, p := range packs {
		nodes, err := s.openCommits(p.id)
		if err != nil {
			return err
		}
		commits = append(commits, nodes...)
	}
	joined, err := s.keep(tmp.Name(), sum.String(), encodeTable(objects, sum), commits, false)
	if err != nil {
		return err
	}
	err = s.publish(func(list []*pack) []*pack {
		return append(slices.DeleteFunc(slices.Clone(list), func(p *pack) bool { return slices.Contains(packs, p) }), joined)
	})
	if err != nil {
		return err
	}
	for _, p := range packs {
		s.unlink(p.id)
	}
	return nil
}

// concat writes the entries of several packs, as they are, as one pack, and returns where
// its objects are and its checksum. Deltas name their base by distance, and the distance
// stays.
func concat(w io.Writer, packs []*pack) ([]located, plumbing.Hash, error) {
	h := hash.New(hash.CryptoType)
	out := io.MultiWriter(w, h)
	count := 0
	for _, p := range packs {
		count += p.count()
	}
	if _, err := out.Write(binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(count))); err != nil {
		return nil, plumbing.ZeroHash, err
	}
	all := make([]located, 0, count)
	at := int64(packHeader)
	for _, p := range packs {
		objects, err := p.located()
		if err != nil {
			return nil, plumbing.ZeroHash, fmt.Errorf("read the index of pack %s: %w", p.id, err)
		}
		if err := p.copyTo(out, objects); err != nil {
			return nil, plumbing.ZeroHash, err
		}
		for _, o := range objects {
			o.off += at - packHeader
			all = append(all, o)
		}
		at += p.size - packHeader - packTrailer
	}
	var sum plumbing.Hash
	copy(sum[:], h.Sum(nil))
	_, err := w.Write(sum[:])
	return all, sum, err
}

// copyTo writes what lies between the pack's header and its end, and checks every object,
// which are in the order of their offsets.
func (p *pack) copyTo(w io.Writer, objects []located) error {
	in := bufio.NewReaderSize(io.NewSectionReader(p.file, packHeader, p.size-packHeader-packTrailer), 1<<16)
	at := int64(packHeader)
	for i, o := range objects {
		end := p.size - packTrailer
		if i+1 < len(objects) {
			end = objects[i+1].off
		}
		if o.off != at {
			return fmt.Errorf("join pack %s: %w: nothing is said of what lies at %d", p.id, ErrCorrupt, at)
		}
		sum := crc32.NewIEEE()
		if raw, err := in.Peek(int(min(end-at, 1<<16))); err == nil && int64(len(raw)) == end-at {
			_, _ = sum.Write(raw) // never fails
			if _, err := w.Write(raw); err != nil {
				return err
			}
			_, _ = in.Discard(len(raw)) // it is there
		} else if _, err := io.CopyN(io.MultiWriter(w, sum), in, end-at); err != nil {
			return fmt.Errorf("join pack %s at %d: %w", p.id, at, err)
		}
		if sum.Sum32() != o.crc {
			return fmt.Errorf("join pack %s: %w: object %s is not as it was added", p.id, ErrCorrupt, o.id)
		}
		at = end
	}
	return nil
}

// overlap reports whether two of the packs hold the same object, or one of them holds objects
// that its index leaves out, or that cannot be told.
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
			from, to := p.bucket(byte(first))
			ids := p.ids(make([]byte, hashSize*(to-from)), from, to)
			if ids == nil {
				return true
			}
			for i := 0; i < len(ids); i += hashSize {
				h := plumbing.Hash(ids[i:])
				if seen[h] {
					return true
				}
				seen[h] = true
			}
		}
	}
	return false
}
