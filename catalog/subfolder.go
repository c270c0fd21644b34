package catalog

import "strings"

// MaxSubfolder is how many bytes the files of a subfolder of a blueprint may have together
// to be kept. Kinds of targets take text of a few pages.
const MaxSubfolder = 1 << 20

// scaffold is the subfolder of a blueprint from which new apps are made. It says nothing of
// how an app runs.
const scaffold = "scaffold"

// Subfolder is one of the folders in a blueprint's folder.
type Subfolder struct {
	Files []SubfolderFile // by path; nil where it is too large
	Size  int             // of all files together, in bytes
}

// TooLarge reports whether its files are not kept because they are too large together.
func (s Subfolder) TooLarge() bool { return s.Size > MaxSubfolder }

// SubfolderFile is a file of a subfolder of a blueprint. Its content must not be changed.
type SubfolderFile struct {
	Path       string // within the subfolder
	Executable bool
	Content    []byte
}

// keep adds a file of a blueprint, by its path in the blueprint's folder, to the subfolder
// that it lies in, if it lies in one that is kept.
func keep(all map[string]Subfolder, p string, mode Mode, content []byte) {
	name, rest, inside := strings.Cut(p, "/")
	if !inside || name == scaffold {
		return
	}
	s := all[name]
	s.Size += len(content)
	if s.TooLarge() {
		s.Files = nil
	} else {
		s.Files = append(s.Files, SubfolderFile{Path: rest, Executable: mode == Executable, Content: content})
	}
	all[name] = s
}
