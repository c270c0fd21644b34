package catalog

import (
	"cmp"
	"path"
	"slices"
)

// Touched lists the files of a snapshot that are not the same in an earlier one, by path;
// from Empty() it lists all. Folders that a snapshot does not go into are left out. The
// work is proportional to the difference where both come from commits.
func Touched(from, to *Snapshot) []Entry {
	var list []Entry
	var walk func(before, now []Entry)
	walk = func(before, now []Entry) {
		for a, b := range merge(before, now) {
			switch {
			case b.Mode == 0 || a.Mode == b.Mode && a.ID == b.ID && a.ID != "":
			case b.Mode == Folder:
				walk(from.folders.below(a), to.folders.below(b))
			case b.Mode == File || b.Mode == Executable:
				list = append(list, b)
			}
		}
	}
	walk(from.folders.entries(""), to.folders.entries(""))
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(a.Path, b.Path) })
	return list
}

// FilesIn lists the files of a folder of a snapshot and of those below it, by path.
func FilesIn(s *Snapshot, dir string) []Entry {
	var list []Entry
	for _, e := range s.folders.entries(dir) {
		switch e.Mode {
		case Folder:
			list = append(list, FilesIn(s, e.Path)...)
		case File, Executable:
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(a.Path, b.Path) })
	return list
}

// AppAround is the document of the app in whose folder a file of a snapshot lies; nil for a
// file of governance.
func AppAround(s *Snapshot, p string) *Document {
	if dir := appFolder(s, path.Dir(p)); dir != "" {
		return s.Document(path.Join(dir, "app.yaml"))
	}
	return nil
}
