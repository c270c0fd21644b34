package catalog

import (
	"slices"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

// index maps refs to the paths of documents, sorted: "vendor/acme-maps" to those
// that refer to it, "app/rates-feed" to those that claim the name. It shares with
// the index it was made from all that did not change.
type index = *iradix.Tree[[]string]

// reindex collects what documents no longer and newly stand under, so that each
// list is written once, however many documents change.
type reindex struct{ out, in map[Ref][]string }

func newReindex() reindex { return reindex{map[Ref][]string{}, map[Ref][]string{}} }

func (x reindex) remove(path string, refs ...Ref) {
	for _, r := range refs {
		x.out[r] = append(x.out[r], path)
	}
}

func (x reindex) add(path string, refs ...Ref) {
	for _, r := range refs {
		x.in[r] = append(x.in[r], path)
	}
}

// apply returns the index with the differences laid over it.
func (x reindex) apply(to index) index {
	txn := to.Txn()
	write := func(r Ref) {
		before, _ := to.Get([]byte(r))
		gone := x.out[r]
		slices.Sort(gone)
		after := make([]string, 0, len(before)+len(x.in[r]))
		for _, p := range before {
			if _, ok := slices.BinarySearch(gone, p); !ok {
				after = append(after, p)
			}
		}
		after = append(after, x.in[r]...)
		slices.Sort(after)
		after = slices.Compact(after)
		switch {
		case slices.Equal(before, after):
		case len(after) == 0:
			txn.Delete([]byte(r))
		default:
			txn.Insert([]byte(r), slices.Clip(after))
		}
	}
	for r := range x.in {
		write(r)
	}
	for r := range x.out {
		if _, done := x.in[r]; !done {
			write(r)
		}
	}
	return txn.Commit()
}

// folders are what lies in each folder: "apps/finance/" → its entries.
type folders struct{ *iradix.Tree[[]Entry] }

// entries lists what is in a folder; nothing for one that was not gone into.
func (f folders) entries(dir string) []Entry {
	list, _ := f.Get([]byte(dir + "/"))
	return list
}

// below lists what an entry holds; nothing for a file.
func (f folders) below(e Entry) []Entry {
	if e.Mode != Folder {
		return nil
	}
	return f.entries(e.Path)
}
