package packstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// many is a store with as many small packs as are joined, and what is in them.
func many(t *testing.T) (*Store, map[plumbing.Hash]string) {
	t.Helper()
	s, err := Create(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[plumbing.Hash]string{}
	for i := range maxAlike {
		var objects []Object
		for n := range 3 {
			text := fmt.Sprintf("%d in %d\n", n, i)
			objects = append(objects, Object{plumbing.BlobObject, []byte(text)})
			all[plumbing.ComputeHash(plumbing.BlobObject, []byte(text))] = text
		}
		large := bytes.Repeat([]byte{byte(i), byte(i >> 1)}, 1<<16) // more than is looked at in one piece
		objects = append(objects, Object{plumbing.TreeObject, large[:1]}, Object{plumbing.BlobObject, large})
		pack := encoded(t, objects...).Data
		if err := s.Add(t.Context(), writing(pack)); err != nil {
			t.Fatal(err)
		}
	}
	return s, all
}

// TestJoined: what was joined can be read, and its index is the one that is made of the
// whole pack, byte by byte.
func TestJoined(t *testing.T) {
	s, all := many(t)
	if err := s.Repack(t.Context()); err != nil {
		t.Fatal(err)
	}
	if packs, _ := s.Size(); packs != 1 {
		t.Fatalf("there are %d packs", packs)
	}
	for h, text := range all {
		if o, err := s.Object(h, 100); err != nil || string(o.Data) != text {
			t.Errorf("%q is read as %q, %v", text, o.Data, err)
		}
	}
	p := s.list()[0]
	objects, sum, _, _, err := buildIndex(t.Context(), p.file, p.size, &s.objects.zip)
	if err != nil {
		t.Fatal(err)
	}
	want := encodeTable(objects, sum)
	got, err := os.ReadFile(filepath.Join(s.packDir(), "pack-"+p.id+".idx"))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("its index has %d bytes and should have %d, %v", len(got), len(want), err)
	}
	if files, _ := filepath.Glob(filepath.Join(s.packDir(), "*")); len(files) != 3 {
		t.Errorf("there are the files %v", files)
	}
}

// TestRotIsNotJoined: a pack that rotted on disk is found when it is joined; then all packs
// stay, and the store is damaged.
func TestRotIsNotJoined(t *testing.T) {
	s, _ := many(t)
	victim := s.list()[5]
	name := filepath.Join(s.packDir(), "pack-"+victim.id+".pack")
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{0xff}, packHeader+5); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Repack(t.Context()); !errors.Is(err, ErrCorrupt) || !s.Damaged() {
		t.Errorf("it is joined: %v", err)
	}
	if packs, _ := s.Size(); packs != maxAlike {
		t.Errorf("there are %d packs", packs)
	}
	if files, _ := filepath.Glob(filepath.Join(s.packDir(), "tmp-*")); len(files) != 0 {
		t.Errorf("there are the files %v", files)
	}
}
