package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// object puts an object into the catalog's repository that no git program would make,
// as a server takes it that does not look.
func (w *world) object(kind, raw string) string {
	w.t.Helper()
	return strings.TrimSpace(w.remote.GitInput(raw, "hash-object", "-t", kind, "-w", "--stdin", "--literally"))
}

// treeOf makes a tree of entries like "100644 id name", in their order.
func (w *world) treeOf(entries ...string) string {
	w.t.Helper()
	var raw strings.Builder
	for _, e := range entries {
		mode, rest, _ := strings.Cut(e, " ")
		id, name, _ := strings.Cut(rest, " ")
		bytes, err := hex.DecodeString(id)
		if err != nil {
			w.t.Fatal(err)
		}
		fmt.Fprintf(&raw, "%s %s\x00%s", mode, name, bytes)
	}
	return w.object("tree", raw.String())
}

// entriesOf lists a folder of main in that form, without one name.
func (w *world) entriesOf(dir, without string) []string {
	w.t.Helper()
	var list []string
	args := []string{"ls-tree", "-z", "main"}
	if dir != "" {
		args = append(args, "--", dir+"/")
	}
	for _, line := range strings.Split(w.remote.Git(args...), "\x00") {
		head, name, ok := strings.Cut(line, "\t")
		name = strings.TrimPrefix(name, dir+"/")
		if f := strings.Fields(head); ok && name != without {
			list = append(list, strings.TrimPrefix(f[0], "0")+" "+f[2]+" "+name)
		}
	}
	return list
}

// with is the tree of main in which a folder is another.
func (w *world) with(dir, tree string) string {
	w.t.Helper()
	for dir != "." && dir != "" {
		parent, name := filepath.Dir(dir), filepath.Base(dir)
		if parent == "." {
			parent = ""
		}
		entries := append(w.entriesOf(parent, name), "40000 "+tree+" "+name)
		slices.SortFunc(entries, func(a, b string) int {
			key := func(e string) string {
				mode, rest, _ := strings.Cut(e, " ")
				_, name, _ := strings.Cut(rest, " ")
				if mode == "40000" {
					name += "/"
				}
				return name
			}
			return strings.Compare(key(a), key(b))
		})
		tree, dir = w.treeOf(entries...), parent
	}
	return tree
}

const nobody = "author A <a@example.com> 1772000000 +0000\ncommitter A <a@example.com> 1772000000 +0000\n"

// commitOf is a commit of a tree on top of another.
func (w *world) commitOf(tree string, parent catalog.Commit, rest string) string {
	w.t.Helper()
	return w.object("commit", "tree "+tree+"\nparent "+string(parent)+"\n"+rest)
}

// wantHealthy publishes the app that is beside whatever else there is, from a commit
// that can be read with any program, and changes by hand what runs.
func (w *world) wantHealthy(what string, from catalog.Commit) {
	w.t.Helper()
	c := gitrepotest.Change{From: from, Author: "ana <ana@example.com>", Key: w.keys["ana"], Write: map[string]string{
		boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0", "monthly: 5", "monthly: 6"),
	}}
	w.remote.Commit("publish/healthy", c)
	w.pass()
	if out := w.out.String(); !strings.Contains(out, "change publish/healthy: success") || !strings.Contains(out, "landed as") {
		w.t.Errorf("%s: the healthy change is not landed:\n%.1500s", what, out)
	}
	if v := w.runs("production")["board"]; v != "1.1.0" {
		w.t.Errorf("%s: production runs %q", what, v)
	}
	w.write("run/production/apps/board.json", "{}")
	w.pass()
	if v := w.runs("production")["board"]; v != "1.1.0" {
		w.t.Errorf("%s: drift is not corrected: %q\n%s", what, v, &w.out)
	}
	w.wantAudit()
}

// namesOfFolders is the corpus of what people and programs call folders.
func namesOfFolders(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../catalog/testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(raw)) {
		rest, bytes := strings.CutPrefix(strings.TrimSpace(line), "b")
		var name string
		if json.Unmarshal([]byte(rest), &name) != nil {
			continue
		}
		if bytes {
			var b []byte
			for _, r := range name {
				b = append(b, byte(r))
			}
			name = string(b)
		}
		names = append(names, name)
	}
	return append(names, strings.Repeat("x", 64), strings.Repeat("x", 255), strings.Repeat("Ü", 127))
}

// TestNamesStopNobody: an app folder with any name at all, asked for or pushed, is that
// file's problem, and its author is told what it should be called.
func TestNamesStopNobody(t *testing.T) {
	t.Parallel()
	for _, onMain := range []bool{false, true} {
		w := newWorld(t, "board")
		w.pass()
		before := w.remote.Branch("main")
		file := w.object("blob", boardFile("board"))
		folder := w.treeOf("100644 " + file + " app.yaml")
		names := namesOfFolders(t)
		slices.Sort(names)
		// Git sorts folders as if their names ended in a slash.
		slices.SortFunc(names, func(a, b string) int { return strings.Compare(a+"/", b+"/") })
		var entries []string
		for _, name := range slices.Compact(names) {
			entries = append(entries, "40000 "+folder+" "+name)
		}
		inApps := func(where string) string {
			return w.with("apps", w.treeOf(append([]string{"40000 " + w.treeOf(entries...) + " " + where}, w.entriesOf("apps", "")...)...))
		}
		commit := w.commitOf(inApps("a"), before, nobody+"\nNames\n")
		ref := "refs/heads/publish/names"
		if onMain {
			ref = "refs/heads/main"
		}
		w.remote.SetRef(ref, commit)
		w.pass()
		what := "as a change"
		if onMain {
			what = "on main"
		} else {
			w.wantSaid("change publish/names: failure", "Rename the folder to `apps/a/expense-2`")
			w.must("status", "publish/names")
			w.wantSaid("What is wrong: ")
			w.pass()
			w.wantSaid("nothing new")
		}
		w.wantHealthy(what, before)
	}
}

// TestOddTreesAndCommitsStopNobody: whatever a Git server takes, asked for or pushed,
// and also below what somebody did on top of it.
func TestOddTreesAndCommitsStopNobody(t *testing.T) {
	t.Parallel()
	type odd struct {
		tree func(w *world) string // of the commit; nil for main's
		rest string                // after its parents
		gone bool                  // the healthy app is gone with it
	}
	in := func(dir string, add func(w *world) []string) func(w *world) string {
		return func(w *world) string { return w.with(dir, w.treeOf(add(w)...)) }
	}
	plus := func(dir string, entries ...string) func(w *world) string {
		return in(dir, func(w *world) []string {
			list := w.entriesOf(dir, "")
			blob, tree := w.object("blob", "x\n"), w.treeOf("100644 "+w.object("blob", "x\n")+" x")
			for _, e := range entries {
				list = append(list, strings.NewReplacer("BLOB", blob, "TREE", tree, "NONE", strings.Repeat("0", 40)).Replace(e))
			}
			return list
		})
	}
	cases := map[string]odd{
		"a large file in a blueprint": {tree: func(w *world) string {
			return w.with("blueprints/page/1", w.treeOf(append(w.entriesOf("blueprints/page/1", ""), "100644 "+w.object("blob", strings.Repeat("\x00", 9_000_000))+" film.mp4")...))
		}},
		"a large manifest": {tree: func(w *world) string {
			return w.with("apps/ops/x", w.treeOf("100644 "+w.object("blob", strings.Repeat("# long\n", 400_000))+" app.yaml"))
		}},
		"a large file beside everything": {tree: func(w *world) string {
			return w.with("", w.treeOf(append(w.entriesOf("", ""), "100644 "+w.object("blob", strings.Repeat("\x00", 9_000_000))+" zz")...))
		}},
		"large evidence": {tree: func(w *world) string {
			return w.with("apps/ops/x/evidence", w.treeOf("100644 "+w.object("blob", strings.Repeat("\x00", 9_000_000))+" sbom.json"))
		}},
		"names out of order": {tree: in("apps", func(w *world) []string {
			return append([]string{"100644 " + w.object("blob", "x") + " z"}, w.entriesOf("apps", "")...)
		})},
		"a root out of order": {tree: in("", func(w *world) []string {
			list := w.entriesOf("", "")
			slices.Reverse(list)
			return list
		})},
		"a name twice in the root": {tree: plus("", "100644 BLOB zz", "100644 BLOB zz")},
		"the folder of apps twice": {tree: in("", func(w *world) []string {
			list := w.entriesOf("", "")
			return append(append(list[:1:1], list[0]), list[1:]...)
		})},
		"the team's folder twice":       {tree: plus("apps", "40000 TREE ops")},
		"dot git in the root":           {tree: plus("", "40000 TREE .git")},
		"dots":                          {tree: plus("apps/ops", "40000 TREE ..", "100644 BLOB .")},
		"a slash in a name":             {tree: plus("apps/ops", "100644 BLOB board/app.yaml")},
		"modes":                         {tree: plus("apps/ops", "100664 BLOB m1", "100600 BLOB m2", "100777 BLOB m3", "0100644 BLOB m4", "120777 BLOB m5", "160755 NONE m6", "777 NONE m7", "0 NONE m8")},
		"modes in a blueprint":          {tree: plus("blueprints/page/1", "100664 BLOB m1", "120000 BLOB m2", "160000 NONE m3", "40755 TREE m4")},
		"padded modes in the root":      {tree: plus("", "0100644 BLOB zz", "040000 TREE zzz")},
		"a file whose object is a tree": {tree: plus("apps/ops", "100644 TREE x.yaml")},
		"a manifest that is a tree":     {tree: func(w *world) string { return w.with("apps/ops/x", w.treeOf("100644 "+w.treeOf()+" app.yaml")) }},
		"a vendor that is a tree":       {tree: func(w *world) string { return w.with("vendors", w.treeOf("100644 "+w.treeOf()+" x.yaml")) }},
		"the folder of a vendor": {tree: func(w *world) string {
			return w.with("vendors", w.treeOf("100644 "+w.object("blob", "x")+" b\xfcro.yaml", "100644 "+w.object("blob", "x")+" b\xfdro.yaml"))
		}},
		"names that are no text":         {tree: plus("blueprints/page/1", "100644 BLOB \xff", "100644 BLOB \xff\xfe")},
		"names that are no text outside": {tree: plus("", "100644 BLOB \xff", "100644 BLOB \xff\xfe")},
		"links and submodules":           {tree: plus("apps/ops", "120000 BLOB w", "160000 NONE x")},
		"a submodule for a blueprint": {tree: func(w *world) string {
			return w.with("blueprints", w.treeOf("160000 "+strings.Repeat("7", 40)+" page"))
		}},
		"a link for all apps": {gone: true, tree: func(w *world) string {
			return w.treeOf(append([]string{"120000 " + w.object("blob", "/etc") + " apps"}, w.entriesOf("", "apps")...)...)
		}},
		"no files":                    {gone: true, tree: func(w *world) string { return w.treeOf() }},
		"empty folders":               {tree: func(w *world) string { return w.with("apps/ops/none", w.treeOf("40000 "+w.treeOf()+" a")) }},
		"an encoding without a value": {rest: nobody + "encoding\n\nm\n"},
		"an encoding":                 {rest: nobody + "encoding ISO-8859-1\n\nb\xfcro\n"},
		"no message":                  {rest: nobody + "\n"},
		"no end":                      {rest: nobody},
		"a zero byte":                 {rest: nobody + "\na\x00b\n"},
		"a long message":              {rest: nobody + "\n" + strings.Repeat("long\n", 4<<20)},
		"a long header":               {rest: nobody + "note " + strings.Repeat("long", 5<<20) + "\n\nm\n"},
		"a header of many lines":      {rest: nobody + "note x\n" + strings.Repeat(" y\n", 2<<20) + "\nm\n"},
		"no people":                   {rest: "\nm\n"},
		"no times":                    {rest: "author A <a@example.com>\ncommitter <>\n\nm\n"},
		"names that are hostile":      {rest: "author \x1b[31m<<>> <\xff> -1 +9999\ncommitter A <a@example.com> 99999999999999999 +0000\n\n\x1b[31m\xff\n"},
		"one signature twice":         {rest: nobody + "gpgsig x\ngpgsig x\n\nm\n"},
	}
	names := slices.Collect(func(yield func(string) bool) {
		for name := range cases {
			if !yield(name) {
				return
			}
		}
	})
	slices.Sort(names)
	if sampled || testing.Short() {
		rand.New(rand.NewPCG(7, 7)).Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		names = names[:8]
	}
	for _, name := range names {
		for _, where := range []string{"change", "main", "main, and repaired"} {
			t.Run(name+" on "+where, func(t *testing.T) {
				t.Parallel()
				c := cases[name]
				if c.gone && where == "main" {
					return // its change is behind then, as it should be
				}
				w := newWorld(t, "board")
				w.pass()
				before := w.remote.Branch("main")
				tree, rest := strings.TrimSpace(w.remote.Git("rev-parse", "main^{tree}")), nobody+"\nOdd\n"
				good := tree
				if c.tree != nil {
					tree = c.tree(w)
				}
				if c.rest != "" {
					rest = c.rest
				}
				commit := w.commitOf(tree, before, rest)
				switch where {
				case "change":
					w.remote.SetRef("refs/heads/publish/odd", commit)
				case "main":
					w.remote.SetRef("refs/heads/main", commit)
				default:
					w.remote.SetRef("refs/heads/main", w.commitOf(good, catalog.Commit(commit), nobody+"\nRepaired\n"))
				}
				w.pass()
				w.wantHealthy(name+" on "+where, before)
			})
		}
	}
}
