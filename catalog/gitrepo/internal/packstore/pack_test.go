package packstore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/levee-gitops/levee/catalog"
)

// landed makes a store of its own and lands a pack file in it.
func landed(t *testing.T, pack []byte) (*Store, error) {
	t.Helper()
	s, err := Create(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return s, s.Add(t.Context(), writing(pack))
}

// writing fills a pack with bytes.
func writing(pack []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(pack)
		return err
	}
}

// TestBlobBomb indexes a file of 16 MiB that is packed into 16 KiB. It must not be
// held in memory.
func TestBlobBomb(t *testing.T) {
	pack := encoded(t, Object{plumbing.BlobObject, make([]byte, 16<<20)}).Data
	h := plumbing.ComputeHash(plumbing.BlobObject, make([]byte, 16<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := landed(t, pack)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Has(h) {
		t.Error("it is not there")
	}
	if _, err := s.Object(h, 1<<20); !errors.Is(err, catalog.ErrTooLarge) {
		t.Errorf("read: %v", err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
		t.Errorf("it took %d MiB", took>>20)
	}
}

// TestDeltaBomb receives a difference of a few bytes that makes an object of more
// than may be held. The object is left out; its neighbours are not.
func TestDeltaBomb(t *testing.T) {
	base := make([]byte, 1<<16)
	delta := appendSize(appendSize(nil, int64(len(base))), 300<<20)
	for range 300 << 20 >> 16 {
		delta = append(delta, 0x80) // copy 64 KiB from the start
	}
	baseID := plumbing.ComputeHash(plumbing.BlobObject, base)
	pack := packOf(t, 3,
		entryOf(t, plumbing.BlobObject, nil, base),
		entryOf(t, plumbing.REFDeltaObject, baseID[:], delta),
		entryOf(t, plumbing.BlobObject, nil, []byte("fine\n")))
	s, err := landed(t, pack)
	if err != nil {
		t.Fatal(err)
	}
	fine := plumbing.ComputeHash(plumbing.BlobObject, []byte("fine\n"))
	if o, err := s.Object(fine, 100); err != nil || string(o.Data) != "fine\n" {
		t.Errorf("its neighbour: %q, %v", o.Data, err)
	}
	bomb := plumbing.ComputeHash(plumbing.BlobObject, make([]byte, 300<<20))
	if _, err := Follow(s, bomb, plumbing.BlobObject, 1<<30); !errors.Is(err, catalog.ErrTooLarge) || s.Damaged() {
		t.Errorf("the bomb: %v", err)
	}
	// It is remembered over a restart.
	again, err := Open(t.Context(), s.dir, 1<<20)
	if err != nil || !again.gaps.Load() {
		t.Errorf("after a restart: %v", err)
	}
}

func appendSize(b []byte, n int64) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// entryOf makes one entry of a pack, with what names its base.
func entryOf(t *testing.T, kind plumbing.ObjectType, base, data []byte) []byte {
	t.Helper()
	whole := encoded(t, Object{kind, data}).Data
	head := entryHead(kind, int64(len(data)))
	body := whole[packHeader+len(head) : len(whole)-packTrailer]
	return append(append(head, base...), body...)
}

func packOf(t *testing.T, count byte, entries ...[]byte) []byte {
	t.Helper()
	pack := append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00"), count)
	pack = append(pack, bytes.Join(entries, nil)...)
	h := plumbing.NewHasher(plumbing.BlobObject, 0)
	h.Hash.Reset()
	h.Write(pack)
	sum := h.Sum()
	return append(pack, sum[:]...)
}

// TestMalformedPacks lands packs that no server should send.
func TestMalformedPacks(t *testing.T) {
	blob := entryOf(t, plumbing.BlobObject, nil, []byte("hello"))
	unknown := bytes.Repeat([]byte{7}, hashSize)
	short := bytes.Clone(blob)
	short[0]-- // it says that it is four bytes long
	long := bytes.Clone(blob)
	long[0]++
	good := packOf(t, 1, blob)
	if _, err := landed(t, good); err != nil {
		t.Fatal(err)
	}
	for name, pack := range map[string][]byte{
		"empty":               {},
		"too short":           []byte("PACK"),
		"another format":      append([]byte("KCAP"), good[4:]...),
		"a wrong checksum":    append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1),
		"more than it says":   packOf(t, 1, blob, blob),
		"less than it says":   packOf(t, 2, blob),
		"longer than it says": packOf(t, 1, short),
		"shorter":             packOf(t, 1, long),
		"an unknown type":     packOf(t, 1, append([]byte{5 << 4}, blob[1:]...)),
		"no base":             packOf(t, 1, entryOf(t, plumbing.REFDeltaObject, unknown, []byte{5, 5, 0x90, 5})),
		"a base before all":   packOf(t, 1, entryOf(t, plumbing.OFSDeltaObject, []byte{0x7f}, []byte{5, 5, 0x90, 5})),
		"a base within":       packOf(t, 2, blob, entryOf(t, plumbing.OFSDeltaObject, []byte{1}, []byte{5, 5, 0x90, 5})),
		"a wrong base size":   packOf(t, 2, blob, entryOf(t, plumbing.OFSDeltaObject, []byte{byte(len(blob))}, []byte{9, 5, 0x90, 5})),
		"a wrong copy":        packOf(t, 2, blob, entryOf(t, plumbing.OFSDeltaObject, []byte{byte(len(blob))}, []byte{5, 9, 0x90, 9})),
		"no difference":       packOf(t, 2, blob, entryOf(t, plumbing.OFSDeltaObject, []byte{byte(len(blob))}, nil)),
	} {
		s, err := landed(t, pack)
		if err == nil {
			t.Errorf("%s: it landed", name)
			continue
		}
		if files, _ := os.ReadDir(s.packDir()); len(files) != 0 || len(s.list()) != 0 {
			t.Errorf("%s: it left %v", name, files)
		}
	}
	// The right one, for comparison.
	s, err := landed(t, packOf(t, 2, blob, entryOf(t, plumbing.OFSDeltaObject, []byte{byte(len(blob))}, []byte{5, 5, 0x90, 5})))
	if err != nil || !s.Has(plumbing.ComputeHash(plumbing.BlobObject, []byte("hello"))) {
		t.Errorf("a good difference: %v", err)
	}
}

func TestAddEndsWithItsContext(t *testing.T) {
	s, err := Create(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	pack := encoded(t, Object{plumbing.BlobObject, []byte("x")}).Data
	if err := s.Add(ctx, writing(pack)); !errors.Is(err, context.Canceled) {
		t.Errorf("add: %v", err)
	}
	if files, _ := filepath.Glob(filepath.Join(s.packDir(), "*")); len(files) != 0 {
		t.Errorf("it left %v", files)
	}
}

// TestContentIsWhatItIsCalled changes a pack so that it still unpacks well.
func TestContentIsWhatItIsCalled(t *testing.T) {
	pack := packOf(t, 1, entryOf(t, plumbing.BlobObject, nil, []byte("hello")))
	s, err := landed(t, pack)
	if err != nil {
		t.Fatal(err)
	}
	other := entryOf(t, plumbing.BlobObject, nil, []byte("jello"))
	if err := os.Chmod(s.list()[0].file.Name(), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(s.list()[0].file.Name(), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(other, packHeader); err != nil {
		t.Fatal(err)
	}
	if o, err := s.Object(plumbing.ComputeHash(plumbing.BlobObject, []byte("hello")), 100); !errors.Is(err, ErrCorrupt) || !s.Damaged() {
		t.Errorf("read: %q, %v", o.Data, err)
	}
}

// TestDifferenceFromItself changes a pack so that an object is its own base.
func TestDifferenceFromItself(t *testing.T) {
	blob := entryOf(t, plumbing.BlobObject, nil, []byte("hello"))
	base := plumbing.ComputeHash(plumbing.BlobObject, []byte("hello"))
	result := plumbing.ComputeHash(plumbing.BlobObject, []byte("hell"))
	s, err := landed(t, packOf(t, 2, blob, entryOf(t, plumbing.REFDeltaObject, base[:], []byte{5, 4, 0x90, 4})))
	if err != nil || !s.Has(result) {
		t.Fatal(err)
	}
	name := s.list()[0].file.Name()
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(result[:], int64(packHeader+len(blob)+1)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Object(result, 100); !errors.Is(err, ErrCorrupt) {
		t.Errorf("read: %v", err)
	}
}
