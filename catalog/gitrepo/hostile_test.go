package gitrepo_test

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
)

// land puts one object into the mirror.
func land(t *testing.T, r *gitrepo.Repo, kind, data string) string {
	t.Helper()
	ids, err := r.Land(t.Context(), gitrepo.Raw{Kind: kind, Data: []byte(data)})
	if err != nil {
		t.Fatal(err)
	}
	return string(ids[0])
}

// rawTree makes a tree that git would not write, of entries like "100644 id name".
func rawTree(t *testing.T, r *gitrepo.Repo, entries ...string) string {
	t.Helper()
	var raw strings.Builder
	for _, e := range entries {
		mode, rest, _ := strings.Cut(e, " ")
		id, name, _ := strings.Cut(rest, " ")
		fmt.Fprintf(&raw, "%s %s\x00%s", mode, name, must(hex.DecodeString(id)))
	}
	return land(t, r, "tree", raw.String())
}

const people = "author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n"

// TestHostileTrees reads trees that Git programs read in different ways: what is wrong
// is an entry of its own, and all else in the folder is there.
func TestHostileTrees(t *testing.T) {
	remote := gitrepotest.New(t, "-- ok --\nfine\n")
	repo := gitrepotest.Open(t, remote)
	blob := strings.TrimSpace(remote.Git("rev-parse", "main:ok"))
	okTree := strings.TrimSpace(remote.Git("rev-parse", "main^{tree}"))
	file := "100644 " + blob + " "
	for _, entries := range [][]string{
		{file + ".."}, {file + "."}, {file + "a/b"}, {file + ".git"}, {file + ".GIT"}, {file + ".git "}, {file + "git~1"},
		{file + ""}, {file + ".g\u200cit"}, {file + strings.Repeat("x", 5000)}, {"40000 " + okTree + " .."},
		{file + "a", file + "a"}, {file + "b", file + "a"}, {file + "a", "40000 " + okTree + " a"}, {file + "a", file + "a.b", "40000 " + okTree + " a"},
		{file + "a", file + "a", file + "\"a\" twice", file + "..", file + ".."},
	} {
		entries = append(entries, "100644 "+blob+" zz")
		tree := rawTree(t, repo, entries...)
		root := rawTree(t, repo, "40000 "+tree+" bad", "40000 "+okTree+" good")
		id := catalog.Commit(land(t, repo, "commit", "tree "+root+"\n"+people+"\nm\n"))
		files := must(repo.Files(t.Context(), id))
		wantOdd := func(what string, list []catalog.Entry) {
			t.Helper()
			odd, seen := 0, map[string]bool{}
			for _, e := range list {
				if e.Mode == catalog.Odd {
					odd++
				}
				if seen[e.Path] || !strings.HasPrefix(e.Path, "bad/") || strings.Count(e.Path, "/") != 1 {
					t.Errorf("%s %.300q: the path %q", what, entries, e.Path)
				}
				seen[e.Path] = true
			}
			if odd == 0 || !seen["bad/zz"] {
				t.Errorf("%s %.300q: %v", what, entries, list)
			}
		}
		wantOdd("list", must(files.List(t.Context(), "bad")))
		if got := read(t, files, "good/ok"); got != "fine\n" {
			t.Errorf("%q hides its neighbour: %q", entries, got)
		}
		main := remote.Branch("main")
		var changed []catalog.Entry
		for _, c := range must(repo.Diff(t.Context(), must(repo.Commit(t.Context(), main)).Tree, files.Tree())) {
			if strings.HasPrefix(c.Path, "bad/") {
				changed = append(changed, catalog.Entry{Path: c.Path, Mode: c.NewMode})
			}
		}
		wantOdd("compare", changed)
		wantOdd("propose", must(must(must(repo.Propose(t.Context(), main, main, id)).Files()).List(t.Context(), "bad")))
		// It can be written into, which mends it.
		b := must(repo.Batch(t.Context(), id))
		if err := b.Put("bad/x", catalog.File, []byte("x")); err != nil {
			t.Errorf("write into %.300q: %v", entries, err)
		}
		if repo.Damaged() {
			t.Fatalf("%q: the mirror takes the blame", entries)
		}
	}
}

// TestTreesThatAreNone cannot be taken apart: an error about that folder only.
func TestTreesThatAreNone(t *testing.T) {
	remote := gitrepotest.New(t, "-- ok --\nfine\n")
	repo := gitrepotest.Open(t, remote)
	blob := strings.TrimSpace(remote.Git("rev-parse", "main:ok"))
	okTree := strings.TrimSpace(remote.Git("rev-parse", "main^{tree}"))
	for _, raw := range []string{"100644", "100644 a", "100644 a\x00short", " a\x00" + strings.Repeat("1", 20), "999999 a\x00" + strings.Repeat("1", 20)} {
		tree := land(t, repo, "tree", raw)
		root := rawTree(t, repo, "40000 "+tree+" bad", "40000 "+okTree+" good", "100644 "+blob+" ok")
		files := must(repo.Files(t.Context(), catalog.Commit(land(t, repo, "commit", "tree "+root+"\n"+people+"\nm\n"))))
		if _, err := files.List(t.Context(), "bad"); !errors.Is(err, gitrepo.ErrMalformed) {
			t.Errorf("%q: %v", raw, err)
		}
		if got := read(t, files, "good/ok"); got != "fine\n" || repo.Damaged() {
			t.Errorf("%q hides its neighbour: %q", raw, got)
		}
	}
}

func TestOddButHonestTrees(t *testing.T) {
	remote := gitrepotest.New(t, "-- ok --\nfine\n")
	repo := gitrepotest.Open(t, remote)
	blob := strings.TrimSpace(remote.Git("rev-parse", "main:ok"))
	tree := rawTree(t, repo, "100664 "+blob+" old", "160000 "+strings.Repeat("7", 40)+" sub", "120000 "+blob+" symlink",
		"100600 "+blob+" t", "100777 "+blob+" u", "0000000000000000000000000100644 "+blob+" v", "120777 "+blob+" w", "123 "+blob+" x", "40755 "+strings.TrimSpace(remote.Git("rev-parse", "main^{tree}"))+" y")
	root := rawTree(t, repo, "040000 "+tree+" dir")
	id := catalog.Commit(land(t, repo, "commit", "tree "+root+"\n"+people+"\nm\n"))
	files := must(repo.Files(t.Context(), id))
	want := map[string]catalog.Mode{"dir/old": catalog.File, "dir/sub": catalog.Submodule, "dir/symlink": catalog.Link,
		"dir/t": catalog.File, "dir/u": catalog.Executable, "dir/v": catalog.File, "dir/w": catalog.Link, "dir/x": catalog.Submodule, "dir/y": catalog.Folder}
	for _, e := range must(files.List(t.Context(), "dir")) {
		if want[e.Path] != e.Mode {
			t.Errorf("%s has the mode %v", e.Path, e.Mode)
		}
		if data, err := files.Read(t.Context(), e, 100); (err == nil) != (e.Mode == catalog.File || e.Mode == catalog.Executable) {
			t.Errorf("read %s: %q, %v", e.Path, data, err)
		}
		if e.Mode != catalog.File && e.Mode != catalog.Folder {
			if list, err := files.List(t.Context(), e.Path); len(list) > 0 || err != nil {
				t.Errorf("list %s: %v, %v", e.Path, list, err)
			}
		}
		delete(want, e.Path)
	}
	if len(want) > 0 {
		t.Errorf("%v is missing", want)
	}
}

// TestTreeBomb compares trees that name 10^10 files in a few hundred bytes.
func TestTreeBomb(t *testing.T) {
	remote := gitrepotest.New(t, "-- ok --\nfine\n")
	repo := gitrepotest.Open(t, remote)
	blob := strings.TrimSpace(remote.Git("rev-parse", "main:ok"))
	deep := blob
	mode := "100644 "
	for range 10 {
		var entries []string
		for i := range 10 {
			entries = append(entries, fmt.Sprint(mode, deep, " ", i))
		}
		deep = rawTree(t, repo, entries...)
		mode = "40000 "
	}
	bomb := catalog.Commit(land(t, repo, "commit", "tree "+deep+"\n"+people+"\nm\n"))
	chain := rawTree(t, repo, "100644 "+blob+" d")
	var folders []gitrepo.Raw
	for range 600 {
		raw := fmt.Sprintf("40000 d\x00%s", must(hex.DecodeString(chain)))
		folders = append(folders, gitrepo.Raw{Kind: "tree", Data: []byte(raw)})
		chain = fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "tree %d\x00%s", len(raw), raw)))
	}
	must(repo.Land(t.Context(), folders...))
	long := catalog.Commit(land(t, repo, "commit", "tree "+chain+"\n"+people+"\nm\n"))
	main := must(repo.Commit(t.Context(), remote.Branch("main")))
	var files, copies []string
	for i := range 800 {
		files = append(files, fmt.Sprintf("100644 %s %03d", blob, i))
	}
	flat := rawTree(t, repo, files...)
	for i := range 700 {
		copies = append(copies, fmt.Sprintf("40000 %s %03d", flat, i))
	}
	wide := catalog.Commit(land(t, repo, "commit", "tree "+rawTree(t, repo, copies...)+"\n"+people+"\nm\n"))
	for _, id := range []catalog.Commit{bomb, long, wide} {
		if _, err := repo.Diff(t.Context(), main.Tree, must(repo.Commit(t.Context(), id)).Tree); !errors.Is(err, catalog.ErrTooLarge) {
			t.Errorf("compare: %v", err)
		}
		if _, err := repo.Propose(t.Context(), main.ID, main.ID, id); !errors.Is(err, catalog.ErrTooLarge) {
			t.Errorf("propose: %v", err)
		}
		// One folder of it is as cheap as any.
		if list, err := must(repo.Files(t.Context(), id)).List(t.Context(), ""); err != nil || len(list) == 0 {
			t.Errorf("list: %v, %v", list, err)
		}
	}
}

// TestHostileCommits reads commits that two programs might read in two ways. They
// can be looked at, if at all, but never count as signed.
func TestHostileCommits(t *testing.T) {
	remote := gitrepotest.New(t, "-- ok --\nfine\n")
	key := gitrepotest.NewKey(t, "ada")
	tree := strings.TrimSpace(remote.Git("rev-parse", "main^{tree}"))
	parent := string(remote.Branch("main"))
	signed := remote.Git("cat-file", "commit", string(remote.Commit("signed", gitrepotest.Change{Key: key, Write: map[string]string{"x": "1"}})))
	_, rest, _ := strings.Cut(signed, "gpgsig ")
	sig, _, _ := strings.Cut(rest, "\n\n")
	sig = "gpgsig " + sig + "\n"
	head := "tree " + tree + "\n"
	repo := gitrepotest.Open(t, remote)
	for name, raw := range map[string]string{
		"two trees":            head + head + people + sig + "\nm\n",
		"tree after parent":    "parent " + parent + "\n" + head + people + sig + "\nm\n",
		"a parent at the end":  head + people + sig + "parent " + parent + "\n\nm\n",
		"two authors":          head + "author B <b@x> 1 +0000\n" + people + sig + "\nm\n",
		"no author":            head + "committer A <a@x> 1 +0000\n" + sig + "\nm\n",
		"no committer":         head + "author A <a@x> 1 +0000\n" + sig + "\nm\n",
		"two signatures":       head + people + sig + sig + "\nm\n",
		"another algorithm":    head + people + sig + strings.Replace(sig, "gpgsig", "gpgsig-sha256", 1) + "\nm\n",
		"a zero byte":          head + people + sig + "\nm\x00n\n",
		"author on two lines":  head + "author A <a@x> 1 +0000\n B <b@x> 1 +0000\ncommitter A <a@x> 1 +0000\n" + sig + "\nm\n",
		"a name on two lines":  head + "author Ada\n Bob <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n" + sig + "\nm\n",
		"author without time":  head + "author A <a@x>\ncommitter A <a@x> 1 +0000\n" + sig + "\nm\n",
		"author in two angles": head + "author A <a@x> <b@x> 1 +0000\ncommitter A <a@x> 1 +0000\n" + sig + "\nm\n",
		"no message":           head + people + sig,
		"signature first":      sig + head + people + "\nm\n",
		"no tree":              people + sig + "\nm\n",
		"short tree":           "tree 1234\n" + people + sig + "\nm\n",
		"nothing":              "",
	} {
		id := catalog.Commit(land(t, repo, "commit", raw))
		if c, err := repo.Commit(t.Context(), id); err == nil {
			if key, err := c.Verify([]sshkey.PublicKey{key.Public}); !errors.Is(err, gitrepo.ErrMalformed) {
				t.Errorf("%s: verified as %q, %v", name, key, err)
			}
		} else if !errors.Is(err, gitrepo.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := repo.Between(t.Context(), catalog.Commit(parent), id); err != nil && !errors.Is(err, gitrepo.ErrMalformed) && !errors.Is(err, gitrepo.ErrNotFound) {
			t.Errorf("walk to %s: %v", name, err)
		}
		if repo.Damaged() {
			t.Fatalf("%s: the mirror takes the blame", name)
		}
	}
}

// TestCommitsThatGitReads are not as Git writes them today. Their tree and parents are
// read all the same, so that history goes on past them; nobody is taken to have signed
// one where another program might see another text.
func TestCommitsThatGitReads(t *testing.T) {
	remote := gitrepotest.New(t, "-- ok --\nfine\n")
	repo := gitrepotest.Open(t, remote)
	tree := strings.TrimSpace(remote.Git("rev-parse", "main^{tree}"))
	parent := string(remote.Branch("main"))
	head := "tree " + tree + "\nparent " + parent + "\n"
	for name, raw := range map[string]string{
		"an encoding without a value": head + people + "encoding\n\nm\n",
		"an encoding":                 head + people + "encoding ISO-8859-1\n\nm\xfc\n",
		"an unknown header":           head + people + "x-tool\nx-tool again\n and again\n\nm\n",
		"no message":                  head + people + "\n",
		"no end":                      head + people,
		"no end of a line":            head + strings.TrimSuffix(people, "\n"),
		"upper case":                  "tree " + strings.ToUpper(tree) + "\nparent " + strings.ToUpper(parent) + "\n" + people + "\nm\n",
		"a long message":              head + people + "\n" + strings.Repeat("long\n", 4<<20),
		"a long header":               head + people + "note " + strings.Repeat("long", 5<<20) + "\n\nm\n",
		"a header of many lines":      head + people + "note x\n" + strings.Repeat(" y\n", 7<<20) + "\nm\n",
		"many parents":                "tree " + tree + "\n" + strings.Repeat("parent "+parent+"\n", 70_000) + people + "\nm\n",
		"nobody":                      head + "\nm\n",
		"no times":                    head + "author A <a@x>\ncommitter <>\n\nm\n",
	} {
		id := catalog.Commit(land(t, repo, "commit", raw))
		c, err := repo.Commit(t.Context(), id)
		if err != nil || string(c.Tree) != tree || string(c.Parents[0]) != parent {
			t.Errorf("%s: %.200v, %v", name, c, err)
			continue
		}
		if _, err := c.Verify(nil); err == nil {
			t.Errorf("%s: it is signed", name)
		}
		if line, err := repo.FirstParents(t.Context(), "", id); err != nil || len(line) != 2 {
			t.Errorf("%s: history is %v, %v", name, line, err)
		}
		if peeled, err := repo.Peel(t.Context(), gitrepo.ID(id)); err != nil || peeled != id {
			t.Errorf("%s: peeled to %s, %v", name, peeled, err)
		}
	}
}

// TestMissingObjects reads commits whose tree, parent or files are not there.
func TestMissingObjects(t *testing.T) {
	remote := gitrepotest.New(t, "-- ok --\nfine\n")
	repo := gitrepotest.Open(t, remote)
	gone := strings.Repeat("1", 40)
	tree := rawTree(t, repo, "100644 "+gone+" file", "40000 "+gone+" folder")
	bad := catalog.Commit(land(t, repo, "commit", "tree "+tree+"\nparent "+gone+"\n"+people+"\nm\n"))
	look := func(want error) {
		t.Helper()
		files := must(repo.Files(t.Context(), bad))
		list := must(files.List(t.Context(), ""))
		_, readErr := files.Read(t.Context(), list[0], 100)
		_, listErr := files.List(t.Context(), "folder")
		_, walkErr := repo.FirstParents(t.Context(), "", bad)
		_, downErr := repo.Descends(t.Context(), bad, remote.Branch("main"))
		for _, err := range []error{readErr, listErr, walkErr} {
			if !errors.Is(err, want) {
				t.Errorf("%v", err)
			}
		}
		if downErr != nil && !errors.Is(downErr, want) {
			t.Errorf("%v", downErr)
		}
	}
	look(gitrepo.ErrCorrupt)
	if !repo.Damaged() {
		t.Error("the mirror is not built again")
	}
	must(repo.Fetch(t.Context()))
	if repo.Damaged() {
		t.Error("the mirror was not built again")
	}
	// A mirror that was just built does not have it either: nobody asks again.
	bad = catalog.Commit(land(t, repo, "commit", "tree "+rawTree(t, repo, "100644 "+gone+" file", "40000 "+gone+" folder")+"\nparent "+gone+"\n"+people+"\nm\n"))
	look(gitrepo.ErrMalformed)
	if repo.Damaged() {
		t.Error("the mirror would be built again and again")
	}
	// What a caller names does not have to exist.
	if _, err := repo.Commit(t.Context(), catalog.Commit(gone)); !errors.Is(err, gitrepo.ErrNotFound) || repo.Damaged() {
		t.Errorf("an unknown commit: %v", err)
	}
	blob := strings.TrimSpace(remote.Git("rev-parse", "main:ok"))
	if _, err := repo.Commit(t.Context(), catalog.Commit(blob)); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("a file read as a commit: %v", err)
	}
	confused := land(t, repo, "commit", "tree "+blob+"\n"+people+"\nm\n")
	if _, err := must(repo.Files(t.Context(), catalog.Commit(confused))).List(t.Context(), ""); !errors.Is(err, gitrepo.ErrMalformed) {
		t.Errorf("a file as a tree: %v", err)
	}
}

// TestFoldersOffThePathAreNotRead compares, proposes and writes around a folder
// that is not there: whoever looks into it fails.
func TestFoldersOffThePathAreNotRead(t *testing.T) {
	remote := gitrepotest.New(t, "-- ok --\nfine\n")
	repo := gitrepotest.Open(t, remote)
	blob := strings.TrimSpace(remote.Git("rev-parse", "main:ok"))
	gone := "40000 " + strings.Repeat("1", 40) + " gone"
	commit := func(parent catalog.Commit, entries ...string) catalog.Commit {
		raw := "tree " + rawTree(t, repo, entries...) + "\n"
		if parent != "" {
			raw += "parent " + string(parent) + "\n"
		}
		return catalog.Commit(land(t, repo, "commit", raw+people+"\nm\n"))
	}
	old := commit("", "100644 "+blob+" a", gone)
	head := commit(old, "100644 "+blob+" a", "100644 "+blob+" b", gone)
	base := commit(old, "100644 "+blob+" a", "100644 "+blob+" c", gone)
	changes := must(repo.Diff(t.Context(), must(repo.Commit(t.Context(), old)).Tree, must(repo.Commit(t.Context(), head)).Tree))
	if len(changes) != 1 || changes[0].Path != "b" {
		t.Errorf("the changes are %v", changes)
	}
	p := must(repo.Propose(t.Context(), base, old, head))
	if list := must(must(p.Files()).List(t.Context(), "")); len(list) != 4 {
		t.Errorf("the proposal holds %v", list)
	}
	b := must(repo.Batch(t.Context(), base))
	if err := b.Put("new/x", catalog.File, []byte("x")); err != nil {
		t.Error(err)
	}
	must(b.Commit(t.Context(), gitrepo.Draft{Message: "m", Author: bot}))
	if repo.Damaged() {
		t.Error("the folder was read")
	}
}
