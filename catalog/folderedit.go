package catalog

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// FolderEdit is what differs in the folder of one app between two snapshots.
type FolderEdit struct {
	Name string // of the app
	// From and To are the app's file as it was and as it is, at different paths where
	// the folder moved. One of them is nil where the app was not there before, or is
	// not there any more.
	From, To *Document
	Files    []FileEdit // the other files of the folder, by path; those of no digest
}

// FileEdit is one file that differs between two snapshots.
type FileEdit struct {
	Path  string `json:"path"`
	Added bool   `json:"added"` // it was not there before
	Gone  bool   `json:"gone"`  // it is not there any more
}

// Moved reports whether the app is the same one in another folder.
func (e FolderEdit) Moved() bool { return e.From != nil && e.To != nil && e.From.Path != e.To.Path }

// IsApp reports whether the folder has a name that an app can have. Any other holds
// nothing that runs.
func (e FolderEdit) IsApp() bool {
	return e.From != nil && e.From.IsApp() || e.To != nil && e.To.IsApp()
}

// Dirs are the folders of the app, as it was and as it is.
func (e FolderEdit) Dirs() []string {
	var dirs []string
	for _, d := range []*Document{e.From, e.To} {
		if d != nil {
			dirs = append(dirs, path.Dir(d.Path))
		}
	}
	return slices.Compact(dirs)
}

// FolderEdits lists the apps in whose folders anything differs between two snapshots,
// by name and path. An app whose folder went away while one of the same name appeared
// elsewhere has moved. The work is proportional to the difference.
func FolderEdits(from, to *Snapshot) []FolderEdit {
	edits := map[string]*FolderEdit{} // by folder
	visit := func(f FileEdit) {
		dir := path.Dir(f.Path)
		folder := appFolder(from, dir)
		if now := appFolder(to, dir); len(now) > len(folder) {
			folder = now
		}
		if folder == "" {
			return // it belongs to no app
		}
		e := edits[folder]
		if e == nil {
			manifest := path.Join(folder, "app.yaml")
			e = &FolderEdit{Name: path.Base(folder), From: appAt(from, manifest), To: appAt(to, manifest)}
			edits[folder] = e
		}
		if f.Path != path.Join(folder, "app.yaml") {
			e.Files = append(e.Files, f)
		}
	}
	var walk func(before, now []Entry)
	walk = func(before, now []Entry) {
		for a, b := range merge(before, now) {
			if a.Mode == b.Mode && a.ID == b.ID && a.ID != "" {
				continue
			}
			below, above := from.folders.below(a), to.folders.below(b)
			p := cmp.Or(a.Path, b.Path)
			if whole := a.Mode == Folder && b.Mode == Folder && below == nil && above == nil; whole || a.Mode != Folder && a.Mode != 0 || b.Mode != Folder && b.Mode != 0 {
				visit(FileEdit{p, a.Mode == 0 || a.Mode == Folder && !whole, b.Mode == 0 || b.Mode == Folder && !whole})
			}
			walk(below, above)
		}
	}
	walk(from.folders.entries("apps"), to.folders.entries("apps"))
	list := make([]FolderEdit, 0, len(edits))
	for _, e := range edits {
		list = append(list, *e)
	}
	slices.SortFunc(list, func(a, b FolderEdit) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), slices.Compare(a.Dirs(), b.Dirs()))
	})
	return pairMoves(list)
}

func appAt(s *Snapshot, p string) *Document {
	if d := s.Document(p); d != nil && d.Kind == KindApp {
		return d
	}
	return nil
}

// pairMoves makes one edit of a folder that went away and one of the same name that
// appeared. Where several appeared, one is the app that moved: the first by path.
func pairMoves(list []FolderEdit) []FolderEdit {
	var paired []FolderEdit
	for _, e := range list {
		i := slices.IndexFunc(paired, func(p FolderEdit) bool {
			return p.Name == e.Name && (p.To == nil && e.From == nil || p.From == nil && e.To == nil)
		})
		if i < 0 {
			paired = append(paired, e)
			continue
		}
		p := &paired[i]
		p.From, p.To = cmp.Or(p.From, e.From), cmp.Or(p.To, e.To)
		p.Files = append(p.Files, e.Files...)
		slices.SortFunc(p.Files, func(a, b FileEdit) int { return strings.Compare(a.Path, b.Path) })
	}
	return paired
}

// FilePaths lists the files beside the app's own that differ. Bytes that are no text are
// replaced.
func (e FolderEdit) FilePaths() []string {
	list := make([]string, len(e.Files))
	for i, f := range e.Files {
		list[i] = strings.ToValidUTF8(f.Path, "�")
	}
	return list
}
