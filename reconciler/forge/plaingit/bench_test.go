package plaingit_test

import (
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
)

// BenchmarkFirstLook is the first question to a forge on a history of 100,000
// commits, which reads what each of them says it landed.
func BenchmarkFirstLook(b *testing.B) {
	remote := gitrepotest.NewEmpty(b)
	line := remote.Linear("main", 100_000)
	remote.Commit("publish/hello", gitrepotest.Change{From: line[len(line)-1], Write: map[string]string{"a": "1"}, Key: gitrepotest.NewKey(b, "ada")})
	repo := gitrepotest.Open(b, remote)
	for b.Loop() {
		f, err := plaingit.New(plaingit.Options{Repo: repo})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Change(b.Context(), "publish/hello"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkChange is a change of one commit, read again.
func BenchmarkChange(b *testing.B) {
	remote := gitrepotest.New(b, "-- a --\n1\n")
	remote.Commit("publish/hello", gitrepotest.Change{From: remote.Branch("main"), Write: map[string]string{"a": "1"}, Key: gitrepotest.NewKey(b, "ada")})
	f, err := plaingit.New(plaingit.Options{Repo: gitrepotest.Open(b, remote)})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := f.Change(b.Context(), "publish/hello"); err != nil {
			b.Fatal(err)
		}
	}
}
