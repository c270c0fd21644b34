package packstore

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// encoded is a pack of some objects.
func encoded(t *testing.T, objects ...Object) *Pack {
	t.Helper()
	var o Overlay
	o.own = map[plumbing.Hash]Object{}
	for _, own := range objects {
		o.Put(own.Kind, own.Data)
	}
	p, err := EncodePack(&o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAddEncoded: a pack that was made here is kept in the same files, byte by byte, as if
// it had been received and read, and is there once however often it is added.
func TestAddEncoded(t *testing.T) {
	commit := "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n"
	pack := encoded(t,
		Object{plumbing.BlobObject, []byte("one")}, Object{plumbing.BlobObject, bytes.Repeat([]byte("two"), 50_000)},
		Object{plumbing.TreeObject, nil}, Object{plumbing.CommitObject, []byte(commit)}, Object{plumbing.CommitObject, []byte("no commit")},
	)
	received, err := landed(t, pack.Data)
	if err != nil {
		t.Fatal(err)
	}
	made, err := Create(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := made.AddEncoded(pack); err != nil {
			t.Fatal(err)
		}
	}
	if packs, _ := made.Size(); packs != 1 || pack.Len() != 5 {
		t.Errorf("there are %d packs, of %d objects", packs, pack.Len())
	}
	files, err := filepath.Glob(filepath.Join(received.packDir(), "*"))
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		want, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(made.packDir(), filepath.Base(f))); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs: %v", filepath.Base(f), err)
		}
	}
	if o, err := made.Object(plumbing.ComputeHash(plumbing.BlobObject, []byte("one")), 10); err != nil || string(o.Data) != "one" {
		t.Errorf("it is read as %q, %v", o.Data, err)
	}
}
