package packstore

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
)

func opened(t *testing.T, content []byte) (*table, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "table")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return openTable(name)
}

// TestTable: every object of a table is found where it lies, and nothing else is, whether
// the table is in memory or on disk and however its ids are spread; and Git's own reader
// finds the same.
func TestTable(t *testing.T) {
	for name, c := range map[string]struct {
		n    int
		same int // bytes with which all ids begin
		file bool
	}{
		"empty": {}, "one": {n: 1}, "few": {n: 700}, "alike": {n: 20_000, same: 3}, "many": {n: 160_000, file: true}, "many alike": {n: 160_000, same: 2, file: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(1, uint64(c.n)))
			objects := make([]located, c.n)
			for i := range objects {
				o := &objects[i]
				o.off, o.crc = 12+int64(i)*3, rng.Uint32()
				if i%5 == 4 {
					o.off += 1 << 33
				}
				for k := c.same; k < hashSize; k++ {
					o.id[k] = byte(rng.Uint32())
				}
			}
			content := encodeTable(slices.Clone(objects), plumbing.Hash{7})
			x, err := opened(t, content)
			if err != nil {
				t.Fatal(err)
			}
			if file := x.from != nil; file != c.file || x.count() != c.n || x.pack != (plumbing.Hash{7}) {
				t.Errorf("in a file: %t, %d objects, of pack %s", file, x.count(), x.pack)
			}
			git := idxfile.NewMemoryIndex()
			if err := idxfile.NewDecoder(bytes.NewReader(content)).Decode(git); err != nil {
				t.Fatal(err)
			}
			for i, o := range objects {
				if off, ok := x.find(o.id); !ok || off != o.off {
					t.Fatalf("%s is found at %d, %t, and lies at %d", o.id, off, ok, o.off)
				}
				if i%100 == 0 {
					if off, err := git.FindOffset(o.id); err != nil || off != o.off {
						t.Fatalf("Git finds %s at %d, %v", o.id, off, err)
					}
					if crc, err := git.FindCRC32(o.id); err != nil || crc != o.crc {
						t.Fatalf("Git finds %s with %d, %v", o.id, crc, err)
					}
				}
				o.id[hashSize-1] ^= 0x55
				if off, ok := x.find(o.id); ok && !slices.ContainsFunc(objects, func(p located) bool { return p.id == o.id }) {
					t.Fatalf("%s is found at %d, and is not there", o.id, off)
				}
			}
			for first := range 256 {
				if off, ok := x.find(plumbing.Hash{byte(first), 0xff, 0xff, 0xff, 0xff}); ok {
					t.Fatalf("what is not there is found at %d", off)
				}
			}
			back, err := x.located()
			slices.SortFunc(objects, func(a, b located) int { return int(a.off - b.off) })
			if err != nil || !slices.Equal(back, objects) {
				t.Errorf("%d objects are listed, not as they were written, %v", len(back), err)
			}
		})
	}
}

// TestTwiceInATable: of an object that a pack holds twice, the first is kept.
func TestTwiceInATable(t *testing.T) {
	x, err := opened(t, encodeTable([]located{{id: plumbing.Hash{3}, off: 90}, {id: plumbing.Hash{1}, off: 12}, {id: plumbing.Hash{3}, off: 40}}, plumbing.Hash{}))
	if err != nil {
		t.Fatal(err)
	}
	if off, ok := x.find(plumbing.Hash{3}); x.count() != 2 || !ok || off != 40 {
		t.Errorf("%d objects, the one at %d, %t", x.count(), off, ok)
	}
}

// TestGarbledTables: what was cut off, or changed in any byte, is not opened.
func TestGarbledTables(t *testing.T) {
	good := encodeTable([]located{{id: plumbing.Hash{9}, off: 1 << 40, crc: 1}, {id: plumbing.Hash{3}, off: 1 << 31, crc: 3}}, plumbing.Hash{7})
	if _, err := opened(t, good); err != nil {
		t.Fatal(err)
	}
	for i := range good {
		if x, err := opened(t, good[:i]); err == nil {
			t.Fatalf("%d of %d bytes are opened as %d objects", i, len(good), x.count())
		}
		bad := bytes.Clone(good)
		bad[i] ^= 0x40
		if x, err := opened(t, bad); err == nil {
			t.Fatalf("with byte %d changed it is opened as %d objects", i, x.count())
		}
	}
}
