package catalog

import (
	"path"
	"strings"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

// Files that hold no object are governance all the same: workflows that check the
// catalog, who owns which file, a README that people follow; and below apps/ what
// belongs to no app. A folder that is not gone into stands for all in it.

// appFolder is the folder of the app that a folder below apps/ belongs to: the
// nearest, itself included, that has an app's file. It is empty for none.
func appFolder(s *Snapshot, dir string) string {
	for ; strings.HasPrefix(dir, "apps/"); dir = path.Dir(dir) {
		if d := s.Document(path.Join(dir, "app.yaml")); d != nil && d.Kind == KindApp {
			return dir
		}
	}
	return ""
}

// keepOthers renews the list of these files in the folders that differ, and reports
// whether any of them did.
func (l *loader) keepOthers(s *Snapshot) (*iradix.Tree[Entry], bool) {
	before, after := map[string]Entry{}, map[string]Entry{}
	for dir, now := range l.listings {
		manifest := path.Join(dir, "app.yaml")
		whole := now == nil || (l.prev.Document(manifest) == nil) != (s.Document(manifest) == nil)
		if whole {
			l.prev.others.Root().WalkPrefix([]byte(dir+"/"), func(p []byte, e Entry) bool {
				before[string(p)] = e
				return false
			})
		}
		for _, e := range l.prev.folders.entries(dir) {
			if was, ok := l.prev.others.Get([]byte(e.Path)); ok {
				before[e.Path] = was
			}
		}
		addOthers(s, after, dir, whole)
	}
	others, moved := l.prev.others.Txn(), false
	for p := range before {
		if _, still := after[p]; !still {
			others.Delete([]byte(p))
			moved = true
		}
	}
	for p, e := range after {
		if before[p] != e {
			others.Insert([]byte(p), e)
			moved = true
		}
	}
	return others.Commit(), moved
}

// addOthers lists these files of one folder, and of those below it where all of them
// have to be looked at again.
func addOthers(s *Snapshot, others map[string]Entry, dir string, below bool) {
	inApps := topOf(dir) == "apps"
	if inApps && appFolder(s, dir) != "" {
		return
	}
	for _, e := range s.folders.entries(dir) {
		switch {
		case e.Path == "apps" && e.Mode == Folder, e.Mode == Odd: // a problem of its own
		case e.Mode == Folder:
			if _, listed := s.folders.Get([]byte(e.Path + "/")); !listed && e.ID != "" {
				others[e.Path] = e
			} else if below {
				addOthers(s, others, e.Path, true)
			}
		case inApps || e.Mode == Link || e.Mode == Submodule:
			others[e.Path] = e
		default:
			if _, _, object := Address(e.Path); !object {
				others[e.Path] = e
			}
		}
	}
}
