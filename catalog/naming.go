package catalog

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	iradix "github.com/hashicorp/go-immutable-radix/v2"

	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// Strays is the subject under which is judged what lies below apps/ and is no app's (a
// folder whose name no app can have, a link, a file that nearly is an app), and what is
// odd about any folder.
const Strays = "@strays"

// IsApp reports whether a document is the file of an app, valid or not: one whose
// folder has a name that an app can have. Nothing else may be a subject.
func (d *Document) IsApp() bool { return d.Kind == KindApp && scalar.IsName(d.Name) }

// isOdd reports whether a document only says what is wrong with a folder. It goes when the
// folder is written anew, whoever does that, and so it is no governance.
func (d *Document) isOdd() bool {
	return d.Kind == "" && len(d.Problems) == 1 && d.Problems[0].Rule == ruleFolder
}

// StraysIn lists what is no app's, no governance and wrong, among the paths given.
func (s *Snapshot) StraysIn(paths []string) []*Document {
	var list []*Document
	for _, p := range paths {
		if d := s.Document(p); d != nil && (d.isOdd() || strings.HasPrefix(p, "apps/") && !d.IsApp() && !d.Valid()) {
			list = append(list, d)
		}
	}
	return list
}

// misnamed is what files stand under whose folder has a name that no app can have.
var misnamed = ref("misnamed", "app")

func isMisnamed(d *Document) bool { return d.Kind == KindApp && d.Name != "" && !d.IsApp() }

const (
	ruleName   = "schema.name"
	ruleFolder = "schema.folder"
	maxNamed   = 1000 // folders that get a name of which is known that nobody has it
)

// nameProblem says what the folder of an app should be called.
func nameProblem(d *Document, name string) Problem {
	dir := path.Dir(d.Path)
	return Problem{
		Rule: ruleName, Level: Deny, Path: d.Path, Controls: []string{},
		Message: fmt.Sprintf("The folder is called %s, which cannot be the name of an app: that has lower-case letters, digits and dashes, starts with a letter, and is 63 characters long at most.", safetext.Code(d.Name)),
		Remedy:  fmt.Sprintf("Rename the folder to %s, and write %s under `metadata` in it.", safetext.Code(path.Join(path.Dir(dir), name)), safetext.Code("name: "+name)),
	}
}

// withNames is the documents of a snapshot in which the files that stand under misnamed have
// names that nothing in it has. It is the same whatever the snapshot was made from.
func withNames(s *Snapshot) *iradix.Tree[*Document] {
	given := map[string]bool{}
	beside := map[string]map[string]bool{} // by folder, what lies in it
	txn := s.docs.Txn()
	for p := range pathsOf(s.refs, misnamed) {
		if len(given) == maxNamed {
			break // they have names, which somebody else may have too
		}
		d := s.Document(p)
		dir := path.Dir(path.Dir(p))
		if beside[dir] == nil {
			beside[dir] = map[string]bool{}
			for _, e := range s.folders.entries(dir) {
				beside[dir][path.Base(e.Path)] = true
			}
		}
		unused := func(name string) bool {
			taken, _ := s.names.Get([]byte(ref("app", name)))
			return len(taken) == 0 && !given[name] && !beside[dir][name]
		}
		name := d.called
		if name == "" || !unused(name) {
			name = guess.Name(d.Name, unused)
		}
		given[name] = true
		named := *d
		named.Problems = append([]Problem{nameProblem(d, name)}, slices.DeleteFunc(slices.Clone(d.Problems), func(p Problem) bool { return p.Rule == ruleName })...)
		txn.Insert([]byte(p), &named)
	}
	return txn.Commit()
}

// readable makes a path that is no text into one: the bytes that are none are written
// out. What is not text cannot be put into a record as it is.
func readable(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, name[i])
		} else {
			b.WriteString(name[i : i+n])
		}
		i += n
	}
	return b.String()
}

// unreadable turns names that are no text into entries that only say so.
func unreadable(entries []Entry) []Entry {
	if !slices.ContainsFunc(entries, func(e Entry) bool { return !utf8.ValidString(e.Path) }) {
		return entries
	}
	entries = slices.Clone(entries)
	taken := map[string]bool{}
	for _, e := range entries {
		taken[e.Path] = true
	}
	for i, e := range entries {
		if utf8.ValidString(e.Path) {
			continue
		}
		for e.Path = readable(e.Path); taken[e.Path]; {
			e.Path += "'"
		}
		taken[e.Path] = true
		e.Mode = Odd
		entries[i] = e
	}
	return entries
}
