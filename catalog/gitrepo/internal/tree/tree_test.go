package tree

import (
	"bytes"
	"slices"
	"testing"

	"github.com/levee-gitops/levee/catalog"
)

// FuzzParse feeds trees to the parser. Nothing may crash it, and what it reads must
// survive being written.
func FuzzParse(f *testing.F) {
	id := string(bytes.Repeat([]byte{1}, hashSize))
	f.Add([]byte("100644 a\x00" + id + "40000 b\x00" + id))
	f.Add([]byte("100644 b\x00" + id + "100755 a\x00" + id + "100644 a\x00" + id))
	f.Add([]byte("100644 ..\x00" + id + "0000160000 .git\x00" + id))
	f.Fuzz(func(t *testing.T, raw []byte) {
		kept := bytes.Clone(raw)
		if entries, err := parse(raw); err == nil {
			again, err := parse(encode(entries))
			entries = slices.DeleteFunc(entries, func(e Named) bool { return e.Mode == catalog.Odd })
			if err != nil || !slices.Equal(again, entries) {
				t.Errorf("a tree does not survive: %v", err)
			}
		}
		if !bytes.Equal(kept, raw) {
			t.Error("the raw bytes were changed")
		}
	})
}
