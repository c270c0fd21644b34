package gitrepo_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// A model is what a tree should hold: path → "mode id".
type model map[string]string

var gitMode = map[catalog.Mode]string{
	0: "", catalog.File: "100644", catalog.Executable: "100755", catalog.Link: "120000", catalog.Submodule: "160000",
}

// lsTree reads a tree as git does.
func lsTree(r *gitrepotest.Remote, rev string) model {
	m := model{}
	for line := range strings.SplitSeq(r.Git("ls-tree", "-r", "-z", "--full-tree", rev), "\x00") {
		if meta, path, ok := strings.Cut(line, "\t"); ok {
			f := strings.Fields(meta)
			m[path] = f[0] + " " + f[2]
		}
	}
	return m
}

// walkFiles reads a tree through catalog.Files.
func walkFiles(t *testing.T, f *gitrepo.Files) model {
	t.Helper()
	m := model{}
	var walk func(dir string)
	walk = func(dir string) {
		list := must(f.List(t.Context(), dir))
		if !slices.IsSortedFunc(list, func(a, b catalog.Entry) int { return strings.Compare(a.Path, b.Path) }) {
			t.Fatalf("%q is not sorted", dir)
		}
		for _, e := range list {
			if e.Mode == catalog.Folder {
				walk(e.Path)
			} else {
				m[e.Path] = gitMode[e.Mode] + " " + e.ID
			}
		}
	}
	walk("")
	return m
}

// randomChange edits few of few paths, so that sides of a history meet, and
// turns files into folders and back.
func randomChange(rng *rand.Rand, m model) gitrepotest.Change {
	c := gitrepotest.Change{Write: map[string]string{}, Link: map[string]string{}}
	path := func() string {
		parts := []string{fmt.Sprintf("d%d", rng.IntN(3)), fmt.Sprintf("e%d", rng.IntN(3)), fmt.Sprintf("f%d", rng.IntN(3))}
		return strings.Join(parts[:1+rng.IntN(3)], "/")
	}
	for range 1 + rng.IntN(4) {
		switch rng.IntN(8) {
		case 0, 1:
			c.Delete = append(c.Delete, path())
		case 2:
			c.Link[path()] = "target"
		case 3:
			c.Write[path()+"*"] = fmt.Sprint(rng.IntN(4))
		default:
			c.Write[path()] = fmt.Sprint(rng.IntN(4))
		}
	}
	// git's index takes one of a file and a folder of the same name, whichever is
	// written last.
	for a := range c.Write {
		for b := range c.Write {
			if strings.HasPrefix(b, strings.TrimSuffix(a, "*")+"/") {
				delete(c.Write, a)
			}
		}
	}
	return c
}

func diffModels(from, to model) map[string][2]string {
	d := map[string][2]string{}
	for p := range from {
		if from[p] != to[p] {
			d[p] = [2]string{from[p], to[p]}
		}
	}
	for p := range to {
		if from[p] != to[p] {
			d[p] = [2]string{from[p], to[p]}
		}
	}
	return d
}

func TestTreesAgainstGit(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	remote := gitrepotest.NewEmpty(t)
	ids := []catalog.Commit{remote.Commit("main", gitrepotest.Change{Write: map[string]string{"d0/x": "1", "top": "2"}})}
	for range 25 {
		ids = append(ids, remote.Commit("main", randomChange(rng, nil)))
	}
	repo := gitrepotest.Open(t, remote)
	for i, id := range ids {
		files := must(repo.Files(t.Context(), id))
		if diff := cmp.Diff(lsTree(remote, string(id)), walkFiles(t, files)); diff != "" {
			t.Fatalf("commit %d: %s", i, diff)
		}
		other := ids[rng.IntN(len(ids))]
		want := diffModels(lsTree(remote, string(other)), lsTree(remote, string(id)))
		changes := must(repo.Diff(t.Context(), must(repo.Commit(t.Context(), other)).Tree, files.Tree()))
		if diff := cmp.Diff(want, changesOf(changes)); diff != "" {
			t.Fatalf("from %s to %s: %s", other, id, diff)
		}
		var paths []string
		for _, c := range changes {
			paths = append(paths, c.Path)
		}
		if !slices.IsSorted(paths) {
			t.Errorf("changes are not sorted: %v", paths)
		}
	}
}

func changesOf(changes []gitrepo.Change) map[string][2]string {
	d := map[string][2]string{}
	for _, c := range changes {
		d[c.Path] = [2]string{
			strings.TrimSpace(gitMode[c.OldMode] + " " + string(c.OldID)),
			strings.TrimSpace(gitMode[c.NewMode] + " " + string(c.NewID)),
		}
	}
	return d
}

// overlay is Propose, done path by path.
func overlay(old, head, base model) (result model, behind, conflicts []string) {
	result = maps.Clone(base)
	for path, change := range diffModels(old, head) {
		if base[path] != change[0] && base[path] != change[1] {
			behind = append(behind, path)
		}
		if change[1] == "" {
			delete(result, path)
		} else {
			result[path] = change[1]
		}
	}
	for path := range result {
		for other := range result {
			if strings.HasPrefix(other, path+"/") {
				conflicts = append(conflicts, path)
				break
			}
		}
	}
	slices.Sort(behind)
	slices.Sort(conflicts)
	return result, behind, conflicts
}

func TestProposeAgainstPathByPath(t *testing.T) {
	clean, met, clashed := 0, 0, 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 2))
		remote := gitrepotest.NewEmpty(t)
		old := remote.Commit("main", gitrepotest.Change{Write: map[string]string{
			"d0/e0/f0": "0", "d0/e0/f1": "1", "d0/e1": "2", "d1/e0": "0", "d1/e2/f2": "1", "d2": "3", "keep/a": "a",
		}})
		head := old
		for range 1 + rng.IntN(2) {
			c := randomChange(rng, nil)
			c.From = old
			head = remote.Commit("publish/x", c)
		}
		base := remote.Commit("main", randomChange(rng, nil))
		repo := gitrepotest.Open(t, remote)
		p := must(repo.Propose(t.Context(), base, old, head))
		models := [3]model{lsTree(remote, string(old)), lsTree(remote, string(head)), lsTree(remote, string(base))}
		want, behind, conflicts := overlay(models[0], models[1], models[2])
		if diff := cmp.Diff(changesOf(p.Changes), diffModels(models[0], models[1])); diff != "" {
			t.Fatalf("seed %d: the changes: %s", seed, diff)
		}
		if !slices.Equal(p.Behind, behind) {
			t.Fatalf("seed %d: behind %v, not %v", seed, p.Behind, behind)
		}
		// Of nested conflicts only the outermost is one: what is below it goes.
		if (len(p.Conflicts) > 0) != (len(conflicts) > 0) {
			t.Fatalf("seed %d: conflicts %v, not %v", seed, p.Conflicts, conflicts)
		}
		if len(conflicts) > 0 {
			clashed++
			continue
		}
		if len(behind) > 0 {
			met++
		}
		clean++
		if diff := cmp.Diff(want, walkFiles(t, must(p.Files()))); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		if got := treeByGit(remote, want); got != p.Tree {
			t.Fatalf("seed %d: the tree is %s, by git %s", seed, p.Tree, got)
		}
	}
	if clean < 20 || met < 5 || clashed < 2 {
		t.Errorf("the cases are too easy: %d clean, of which %d met, and %d clashed", clean, met, clashed)
	}
}

// treeByGit writes a tree with git's index.
func treeByGit(r *gitrepotest.Remote, m model) gitrepo.Tree {
	var in strings.Builder
	for path, entry := range m {
		fmt.Fprintf(&in, "%s\t%s\n", entry, path)
	}
	r.Git("read-tree", "--empty")
	r.GitInput(in.String(), "update-index", "--add", "--index-info")
	return gitrepo.Tree(strings.TrimSpace(r.Git("write-tree")))
}

func TestProposeConflicts(t *testing.T) {
	start := map[string]string{"a/x": "1", "f": "1", "g": "1"}
	for _, test := range []struct {
		name              string
		head, base        gitrepotest.Change
		behind, conflicts []string
		has, hasNot       string
		mode              catalog.Mode
	}{
		{
			name:      "a file where base put a folder",
			head:      gitrepotest.Change{Write: map[string]string{"new": "1"}},
			base:      gitrepotest.Change{Write: map[string]string{"new/y": "2"}},
			conflicts: []string{"new"}, has: "new", hasNot: "new/y", mode: catalog.File,
		},
		{
			name:      "a folder where base put a file",
			head:      gitrepotest.Change{Write: map[string]string{"new/y": "2"}},
			base:      gitrepotest.Change{Write: map[string]string{"new": "1"}},
			conflicts: []string{"new"}, has: "new/y", mode: catalog.File,
		},
		{
			name:      "a folder becomes a file while base adds to it",
			head:      gitrepotest.Change{Delete: []string{"a"}, Write: map[string]string{"a": "1"}},
			base:      gitrepotest.Change{Write: map[string]string{"a/new": "1"}},
			conflicts: []string{"a"}, has: "a", hasNot: "a/new", mode: catalog.File,
		},
		{
			name: "a folder becomes a file, base leaves it alone",
			head: gitrepotest.Change{Delete: []string{"a"}, Write: map[string]string{"a": "1"}},
			base: gitrepotest.Change{Write: map[string]string{"other": "1"}},
			has:  "a", hasNot: "a/x", mode: catalog.File,
		},
		{
			name:   "deleted here, changed there",
			head:   gitrepotest.Change{Delete: []string{"f"}},
			base:   gitrepotest.Change{Write: map[string]string{"f": "2"}},
			behind: []string{"f"}, has: "g", hasNot: "f", mode: catalog.File,
		},
		{
			name: "the same on both sides",
			head: gitrepotest.Change{Write: map[string]string{"f": "2"}},
			base: gitrepotest.Change{Write: map[string]string{"f": "2"}},
			has:  "f", mode: catalog.File,
		},
		{
			name:   "mode here, content there",
			head:   gitrepotest.Change{Write: map[string]string{"f*": "1"}},
			base:   gitrepotest.Change{Write: map[string]string{"f": "2"}},
			behind: []string{"f"}, has: "f", mode: catalog.Executable,
		},
		{
			name:   "everything deleted",
			head:   gitrepotest.Change{Delete: []string{"a", "f", "g"}},
			base:   gitrepotest.Change{Message: "nothing"},
			hasNot: "f",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			remote := gitrepotest.NewEmpty(t)
			old := remote.Commit("main", gitrepotest.Change{Write: start})
			test.head.From = old
			head := remote.Commit("publish/x", test.head)
			base := remote.Commit("main", test.base)
			repo := gitrepotest.Open(t, remote)
			p := must(repo.Propose(t.Context(), base, old, head))
			if !slices.Equal(p.Behind, test.behind) || !slices.Equal(p.Conflicts, test.conflicts) {
				t.Errorf("behind %v, conflicts %v", p.Behind, p.Conflicts)
			}
			files := must(p.Files())
			if test.has != "" {
				if e, _, err := files.Entry(t.Context(), test.has); err != nil || e.Mode != test.mode {
					t.Errorf("%s has the mode %v (%v)", test.has, e.Mode, err)
				}
			}
			if _, ok, _ := files.Entry(t.Context(), test.hasNot); ok && test.hasNot != "" {
				t.Errorf("%s is there", test.hasNot)
			}
		})
	}
}

// TestLanding lands a proposal as a merge, which is what a forge without a merge
// button needs.
func TestLanding(t *testing.T) {
	remote := gitrepotest.New(t, "-- apps/a/app.yaml --\n1\n-- apps/b/app.yaml --\n1\n")
	old := remote.Branch("main")
	head := remote.Commit("publish/x", gitrepotest.Change{From: old, Write: map[string]string{"apps/a/app.yaml": "2\n"}})
	base := remote.Commit("main", gitrepotest.Change{Write: map[string]string{"apps/b/app.yaml": "2\n"}})
	repo := gitrepotest.Open(t, remote)
	bases := must(repo.MergeBases(t.Context(), base, head))
	p := must(repo.Propose(t.Context(), base, bases[0], head))
	b := must(repo.Batch(t.Context(), base))
	if err := b.Use(p); err != nil {
		t.Fatal(err)
	}
	landing := must(b.Commit(t.Context(), gitrepo.Draft{Message: "Land", Author: bot, Parents: []catalog.Commit{head}}))
	if n := b.Len(); n != 3 { // the commit, the root, apps/; both apps are there already
		t.Errorf("the landing is %d objects", n)
	}
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", base, landing)); err != nil {
		t.Fatal(err)
	}
	if got := remote.Git("show", "--no-patch", "--format=%P", "main"); got != string(base)+" "+string(head)+"\n" {
		t.Errorf("its parents are %q", got)
	}
	for _, app := range []string{"a", "b"} {
		if got := remote.Read("main", "apps/"+app+"/app.yaml"); got != "2\n" {
			t.Errorf("app %s has %q", app, got)
		}
	}
	if _, err := remote.TryGit("fsck", "--strict"); err != nil {
		t.Error(err)
	}
}

func TestReadKeepsToItsLimit(t *testing.T) {
	remote := gitrepotest.New(t, "-- small --\n12345678\n")
	big := strings.Repeat("0123456789abcdef", 1<<16)
	// Two versions of a large file are packed as a difference.
	remote.Commit("main", gitrepotest.Change{Write: map[string]string{"big": big}})
	remote.Commit("main", gitrepotest.Change{Write: map[string]string{"big": big + "x"}, Link: map[string]string{"link": "small"}})
	remote.Git("repack", "-adq")
	repo := gitrepotest.Open(t, remote)
	for _, rev := range []catalog.Commit{remote.Branch("main"), catalog.Commit(strings.TrimSpace(remote.Git("rev-parse", "main~1")))} {
		files := must(repo.Files(t.Context(), rev))
		e, _, _ := files.Entry(t.Context(), "big")
		if _, err := files.Read(t.Context(), e, 1<<20-1); !errors.Is(err, catalog.ErrTooLarge) {
			t.Errorf("over the limit: %v", err)
		}
		if data, err := files.Read(t.Context(), e, 1<<20+1); err != nil || !strings.HasPrefix(string(data), big) {
			t.Errorf("within the limit: %d bytes, %v", len(data), err)
		}
		if _, err := files.Read(t.Context(), e, 1<<20-1); !errors.Is(err, catalog.ErrTooLarge) {
			t.Errorf("over the limit, when it was read before: %v", err)
		}
	}
	files := must(repo.Files(t.Context(), remote.Branch("main")))
	link, _, _ := files.Entry(t.Context(), "link")
	if link.Mode != catalog.Link {
		t.Errorf("the link has the mode %v", link.Mode)
	}
	if data, err := files.Read(t.Context(), link, 100); err == nil {
		t.Errorf("a link was read: %q", data)
	}
	for _, dir := range []string{"none", "small", "link", "small/x", "../x", "/", "a//b", ".git"} {
		if list, err := files.List(t.Context(), dir); len(list) != 0 || err != nil {
			t.Errorf("list %q: %v, %v", dir, list, err)
		}
	}
	small, _, _ := files.Entry(t.Context(), "small")
	data := must(files.Read(t.Context(), small, 100))
	data[0] = 'x'
	if got := read(t, files, "small"); got != "12345678\n" {
		t.Errorf("a reader changed the file to %q", got)
	}
}

func TestDiffEndsWithItsContext(t *testing.T) {
	remote := gitrepotest.NewEmpty(t)
	ids := remote.Linear("main", 2)
	repo := gitrepotest.Open(t, remote)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := repo.Diff(ctx, must(repo.Commit(t.Context(), ids[0])).Tree, must(repo.Commit(t.Context(), ids[1])).Tree); !errors.Is(err, context.Canceled) {
		t.Errorf("Diff: %v", err)
	}
	if _, err := repo.Commit(t.Context(), "../../etc"); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("no id at all: %v", err)
	}
}
