package gitrepo_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestAChangeThatIsTooLarge: anybody can ask for a change, and none that is too large
// holds up the catalog or other changes, whether it comes with news or is there from
// the start.
func TestAChangeThatIsTooLarge(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	first := remote.Branch("main")
	ask := func(number, from catalog.Commit, files map[string]string) catalog.Commit {
		c := remote.Commit("scratch", gitrepotest.Change{From: from, Write: files})
		remote.SetRef("refs/heads/scratch", "")
		remote.SetRef("refs/pull/"+string(number)+"/head", string(c))
		return c
	}
	big := make([]byte, 1<<16)
	for i := range big {
		big[i] = byte(rand.Uint32())
	}
	opts := gitrepo.Options{Dir: t.TempDir(), Remote: remote.Dir, MaxFetch: 8000}
	repo := gitrepotest.OpenWith(t, opts)
	small := ask("1", first, map[string]string{"s": "1"})
	must(repo.Fetch(t.Context()))
	ask("1", small, map[string]string{"big": string(big)}) // it grows
	ask("2", first, map[string]string{"big": string(big), "more": "1"})
	other := ask("3", first, map[string]string{"o": "1"})
	main := remote.Commit("main", gitrepotest.Change{Write: map[string]string{"b": "1"}})
	is := func(repo *gitrepo.Repo, name gitrepo.Ref, want catalog.Commit) {
		t.Helper()
		if id, err := repo.Tip(name); id != gitrepo.ID(want) || want == "" && !errors.Is(err, gitrepo.ErrNotFound) {
			t.Errorf("%s is at %q, want %q", name, id, want)
		}
	}
	for range 2 {
		if _, err := repo.Fetch(t.Context()); err != nil {
			t.Fatalf("fetch: %v", err)
		}
		is(repo, "refs/heads/main", main)
		is(repo, "refs/pull/1/head", small)
		is(repo, "refs/pull/2/head", "")
		is(repo, "refs/pull/3/head", other)
	}
	shrunk := ask("2", first, map[string]string{"z": "1"}) // its author thinks better of it
	must(repo.Fetch(t.Context()))
	is(repo, "refs/pull/2/head", shrunk)

	opts.Dir = t.TempDir()
	fresh := gitrepotest.OpenWith(t, opts)
	is(fresh, "refs/heads/main", main)
	is(fresh, "refs/pull/1/head", "")
	is(fresh, "refs/pull/3/head", other)
}
