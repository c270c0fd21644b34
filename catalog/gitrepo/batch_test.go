package gitrepo_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestRandomEdits edits trees at random beside a map of what they should hold.
func TestRandomEdits(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	remote := gitrepotest.New(t, "-- a/b/c/d --\n1\n-- a/b.txt --\n1\n-- a.b/c --\n1\n-- a-b --\n1\n")
	repo := gitrepotest.Open(t, remote)
	tip := remote.Branch("main")
	want := lsTree(remote, "main")
	part := []string{"a", "a.b", "a-b", "b", "ab", "A", "é"}
	for round := range 12 {
		b := must(repo.Batch(t.Context(), tip))
		old := tip
		for range 1 + rng.IntN(2) {
			for range rng.IntN(12) {
				var p []string
				for range 1 + rng.IntN(4) {
					p = append(p, part[rng.IntN(len(part))])
				}
				edit(t, rng, b, want, strings.Join(p, "/"))
			}
			tip = must(b.Commit(t.Context(), gitrepo.Draft{Message: fmt.Sprint("round ", round), Author: bot}))
			if diff := cmp.Diff(want, walkFiles(t, must(b.Files(t.Context(), tip)))); diff != "" {
				t.Fatalf("round %d, before the push: %s", round, diff)
			}
		}
		if err := repo.Push(t.Context(), b, gitrepo.Advance("main", old, tip)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, lsTree(remote, "main")); diff != "" {
			t.Fatalf("round %d, as git sees it: %s", round, diff)
		}
		if got := treeByGit(remote, want); got != must(repo.Commit(t.Context(), tip)).Tree {
			t.Fatalf("round %d: git makes the tree %s of it", round, got)
		}
	}
	remote.Git("update-ref", "-d", "refs/heads/none")
	if out, err := remote.TryGit("fsck", "--strict", "--full"); err != nil {
		t.Errorf("fsck: %v\n%s", err, out)
	}
}

// edit does one thing to the batch and to the model.
func edit(t *testing.T, rng *rand.Rand, b *gitrepo.Batch, m model, path string) {
	t.Helper()
	below, above := false, false
	for p := range m {
		below = below || strings.HasPrefix(p, path+"/")
		above = above || strings.HasPrefix(path, p+"/")
	}
	if rng.IntN(4) == 0 {
		if err := b.Delete(path); err != nil {
			t.Fatal(err)
		}
		delete(m, path)
		for p := range m {
			if strings.HasPrefix(p, path+"/") {
				delete(m, p)
			}
		}
		return
	}
	content := fmt.Sprint(rng.IntN(5))
	mode := catalog.File
	if rng.IntN(4) == 0 {
		mode = catalog.Executable
	}
	err := b.Put(path, mode, []byte(content))
	if below || above {
		if !errors.Is(err, gitrepo.ErrOccupied) {
			t.Fatalf("put %q: %v", path, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	m[path] = gitMode[mode] + " " + blobIDs[content]
}

// blobIDs are what git calls the contents that the edits write.
var blobIDs = map[string]string{
	"0": "c227083464fb9af8955c90d2924774ee50abb547",
	"1": "56a6051ca2b02b04ef92d5150c9ef600403cb1de",
	"2": "d8263ee9860594d2806b0dfd1bfd17528b0ba2a4",
	"3": "e440e5c842586965a7fb77deda2eca68612b1f53",
	"4": "bf0d87ab1b2b0ec1a11a3973d2845b42413d9767",
}

func TestBatchWritesOnlyWhatChanged(t *testing.T) {
	remote := gitrepotest.New(t, "-- a/b/c --\n1\n-- other/x --\n1\n")
	first := remote.Branch("main")
	repo := gitrepotest.Open(t, remote)
	tree := must(repo.Commit(t.Context(), first)).Tree

	same := must(repo.Batch(t.Context(), first))
	if err := same.Put("a/b/c", catalog.File, []byte("1\n")); err != nil {
		t.Fatal(err)
	}
	if err := same.Delete("none/at/all"); err != nil {
		t.Fatal(err)
	}
	id := must(same.Commit(t.Context(), gitrepo.Draft{Message: "nothing", Author: bot}))
	if got := must(same.Info(t.Context(), id)); got.Tree != tree || same.Len() != 1 {
		t.Errorf("a commit of nothing has the tree %s and %d objects", got.Tree, same.Len())
	}

	back := must(repo.Batch(t.Context(), first))
	_ = back.Put("a/new", catalog.File, []byte("2\n"))
	_ = back.Delete("a/new")
	id = must(back.Commit(t.Context(), gitrepo.Draft{Message: "there and back", Author: bot}))
	if got := must(back.Info(t.Context(), id)); got.Tree != tree || back.Len() != 1 {
		t.Errorf("there and back has the tree %s and %d objects", got.Tree, back.Len())
	}

	link := must(repo.Batch(t.Context(), ""))
	folder, _, _ := must(repo.FilesOf(tree)).Entry(t.Context(), "a")
	folder.Path = "admitted/a"
	if err := link.Link(folder); err != nil {
		t.Fatal(err)
	}
	id = must(link.Commit(t.Context(), gitrepo.Draft{Message: "link", Author: bot}))
	if link.Len() != 3 { // commit, root, admitted/
		t.Errorf("a link of a folder is %d objects", link.Len())
	}
	if err := repo.Push(t.Context(), link, gitrepo.Advance("ledger", "", id)); err != nil {
		t.Fatal(err)
	}
	if got := remote.Read("ledger", "admitted/a/b/c"); got != "1\n" {
		t.Errorf("the linked file has %q", got)
	}
	folder.ID = strings.Repeat("1", 40)
	if err := link.Link(folder); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("a link to nothing: %v", err)
	}
}

func TestBatchRefuses(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	repo := gitrepotest.Open(t, remote)
	b := must(repo.Batch(t.Context(), remote.Branch("main")))
	for _, path := range []string{
		"", "/", "a/", "/a", "a//b", ".", "..", "x/../y", ".git", ".GIT/config", "x/.git/y", "git~1", ".git ", ".git.",
		".g\u200cit", ".git::$INDEX_ALLOCATION", "nul\x00", strings.Repeat("x/", 3000) + "x",
	} {
		if err := b.Put(path, catalog.File, nil); !errors.Is(err, gitrepo.ErrMalformed) {
			t.Errorf("put %q: %v", path, err)
		}
		if err := b.Delete(path); !errors.Is(err, gitrepo.ErrMalformed) {
			t.Errorf("delete %q: %v", path, err)
		}
	}
	for _, path := range []string{".gitignore", ".github/x", "git", "x.git", "a b/ü"} {
		if err := b.Put(path, catalog.File, nil); err != nil {
			t.Errorf("put %q: %v", path, err)
		}
	}
	if err := b.Put("l", catalog.Link, nil); err == nil {
		t.Error("a link was put")
	}
	for name, d := range map[string]gitrepo.Draft{
		"zero byte":      {Message: "a\x00b", Author: bot},
		"nobody":         {Message: "m"},
		"no time":        {Message: "m", Author: gitrepo.Person{Name: "x"}},
		"unknown parent": {Message: "m", Author: bot, Parents: []catalog.Commit{catalog.Commit(strings.Repeat("1", 40))}},
		"no parent":      {Message: "m", Author: bot, Parents: []catalog.Commit{"main\nauthor x"}},
	} {
		if _, err := b.Commit(t.Context(), d); err == nil {
			t.Errorf("%s: a commit was made", name)
		}
	}
	if _, err := repo.Batch(t.Context(), catalog.Commit(strings.Repeat("1", 40))); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("on an unknown commit: %v", err)
	}
	for _, name := range []string{"", "a b", "../x", "x.lock", "a..b"} {
		if _, err := b.Tag(remote.Branch("main"), gitrepo.TagDraft{Name: name, Message: "m", Tagger: bot}); err == nil {
			t.Errorf("a tag named %q was made", name)
		}
	}
}

// TestPeopleCannotBreakOut writes names that try to be more than names.
func TestPeopleCannotBreakOut(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	first := remote.Branch("main")
	repo := gitrepotest.Open(t, remote)
	b := must(repo.Batch(t.Context(), first))
	evil := gitrepo.Person{Name: "Eve <root@x> 1 +0000\ncommitter Root", Email: "e>\nparent 1", When: bot.When}
	id := must(b.Commit(t.Context(), gitrepo.Draft{Message: "m\n\nApp: a\nNote: one\n two\n", Author: evil}))
	c := must(b.Info(t.Context(), id))
	if c.Author.Name != "Eve root@x 1 +0000committer Root" || c.Author.Email != "eparent 1" || len(c.Parents) != 1 {
		t.Errorf("the commit says %+v", c)
	}
	if diff := cmp.Diff([]gitrepo.Trailer{{Key: "App", Value: "a"}, {Key: "Note", Value: "one two"}}, c.Trailers); diff != "" {
		t.Error(diff)
	}
	if !c.Author.When.Equal(bot.When) || c.Author.When.Format(time.RFC3339) != bot.When.Format(time.RFC3339) {
		t.Errorf("the time is %s", c.Author.When)
	}
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", first, id)); err != nil {
		t.Fatal(err)
	}
	if out, err := remote.TryGit("fsck", "--strict"); err != nil {
		t.Errorf("fsck: %v\n%s", err, out)
	}
	if got := strings.TrimSpace(remote.Git("log", "-1", "--format=%(trailers:key=App,valueonly)", "main")); got != "a" {
		t.Errorf("git reads the trailer as %q", got)
	}
}

// TestOrphanWithoutFiles makes the first commit of a branch of its own.
func TestOrphanWithoutFiles(t *testing.T) {
	remote := gitrepotest.NewEmpty(t)
	repo := gitrepotest.Open(t, remote)
	if tips := repo.Tips(""); len(tips) != 0 {
		t.Errorf("an empty repository has %v", tips)
	}
	b := must(repo.Batch(t.Context(), ""))
	id := must(b.Commit(t.Context(), gitrepo.Draft{Message: "Start", Author: bot}))
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", "", id)); err != nil {
		t.Fatal(err)
	}
	if c := must(repo.Commit(t.Context(), id)); c.Tree != gitrepo.EmptyTree {
		t.Errorf("its tree is %s", c.Tree)
	}
	if list := must(must(repo.Files(t.Context(), id)).List(t.Context(), "")); len(list) != 0 {
		t.Errorf("it holds %v", list)
	}
	// An empty folder cannot be linked: Git has none.
	b = must(repo.Batch(t.Context(), id))
	if err := b.Link(catalog.Entry{Path: "e/f", Mode: catalog.Folder, ID: string(gitrepo.EmptyTree)}); err != nil {
		t.Fatal(err)
	}
	next := must(b.Commit(t.Context(), gitrepo.Draft{Message: "Nothing", Author: bot}))
	if c := must(b.Info(t.Context(), next)); c.Tree != gitrepo.EmptyTree {
		t.Errorf("a link of nothing makes the tree %s", c.Tree)
	}
	if out, err := remote.TryGit("fsck", "--strict"); err != nil {
		t.Errorf("fsck: %v\n%s", err, out)
	}
}

// TestBeside lands two branches with one push, the second of which links what the
// first wrote.
func TestBeside(t *testing.T) {
	remote := gitrepotest.New(t, "-- catalog.yaml --\nkind: Catalog\n")
	repo := gitrepotest.Open(t, remote)
	main := remote.Branch("main")
	batch := must(repo.Batch(t.Context(), main))
	if err := batch.Put("apps/hello/app.yaml", catalog.File, []byte("kind: App\n")); err != nil {
		t.Fatal(err)
	}
	landed := must(batch.Commit(t.Context(), gitrepo.Draft{Message: "land", Author: later}))
	files := must(batch.Files(t.Context(), landed))
	entry, ok, err := files.Entry(t.Context(), "apps/hello")
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	other := must(batch.Beside(t.Context(), ""))
	entry.Path = "kept/hello"
	if err := other.Link(entry); err != nil {
		t.Fatal(err)
	}
	kept := must(other.Commit(t.Context(), gitrepo.Draft{Message: "keep", Author: later}))
	if batch.Tip() != landed || other.Tip() != kept {
		t.Errorf("the batches are at %s and %s", batch.Tip(), other.Tip())
	}
	err = repo.Push(t.Context(), other, gitrepo.Advance("main", main, landed), gitrepo.Advance("ledger", "", kept))
	if err != nil {
		t.Fatal(err)
	}
	if got := remote.Read("ledger", "kept/hello/app.yaml"); got != "kind: App\n" {
		t.Errorf("the ledger holds %q", got)
	}
	if got := remote.Read("main", "apps/hello/app.yaml"); got != "kind: App\n" {
		t.Errorf("main holds %q", got)
	}
	if _, err := batch.Beside(t.Context(), "0000000000000000000000000000000000000001"); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("a parent that is not there: %v", err)
	}
}
