package gitrepo_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// history is how many commits the benchmarks start from: 1,000, or what
// LEVEE_BENCH_COMMITS says.
func history(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("LEVEE_BENCH_COMMITS"))
	if err != nil {
		return 1000
	}
	b.Logf("%d commits", n)
	return n
}

// later is after all of a long history. Git's own search for common history goes
// by dates, and a new commit that looks old sends it far back.
var later = gitrepo.Person{Name: "Levee", Email: "levee@example.com", When: gitrepotest.Start.AddDate(1, 0, 0)}

// BenchmarkPush measures one signed commit of ten files, pushed to a local bare
// repository.
func BenchmarkPush(b *testing.B) {
	remote := gitrepotest.NewEmpty(b)
	tip := remote.Linear("main", history(b))[history(b)-1]
	repo := gitrepotest.Open(b, remote)
	key := gitrepotest.NewKey(b, "levee")
	for n := 0; b.Loop(); n++ {
		batch := must(repo.Batch(b.Context(), tip))
		for i := range 10 {
			if err := batch.Put(fmt.Sprintf("records/%02d/%d.json", i, n), catalog.File, fmt.Appendf(nil, "%d", n)); err != nil {
				b.Fatal(err)
			}
		}
		next := must(batch.Commit(b.Context(), gitrepo.Draft{Message: "record", Author: later, Signer: key.Signer}))
		if err := repo.Push(b.Context(), batch, gitrepo.Advance("main", tip, next)); err != nil {
			b.Fatal(err)
		}
		tip = next
	}
}

// BenchmarkFetch measures a fetch that brings one new commit.
func BenchmarkFetch(b *testing.B) {
	remote := gitrepotest.NewEmpty(b)
	remote.Linear("main", history(b))
	repo := gitrepotest.Open(b, remote)
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		remote.Commit("main", gitrepotest.Change{When: later.When, Write: map[string]string{"news": fmt.Sprint(n)}})
		b.StartTimer()
		if moves := must(repo.Fetch(b.Context())); len(moves) != 1 {
			b.Fatalf("%v moved", moves)
		}
	}
}

// BenchmarkFetchIdle measures a fetch without news.
func BenchmarkFetchIdle(b *testing.B) {
	remote := gitrepotest.NewEmpty(b)
	remote.Linear("main", history(b))
	repo := gitrepotest.Open(b, remote)
	for b.Loop() {
		if moves := must(repo.Fetch(b.Context())); len(moves) != 0 {
			b.Fatalf("%v moved", moves)
		}
	}
}

// BenchmarkOpen measures opening a mirror that is there.
func BenchmarkOpen(b *testing.B) {
	remote := gitrepotest.NewEmpty(b)
	remote.Linear("main", history(b))
	opts := gitrepo.Options{Dir: b.TempDir(), Remote: remote.Dir}
	must(gitrepo.Open(b.Context(), opts)).Close()
	for b.Loop() {
		must(gitrepo.Open(b.Context(), opts)).Close()
	}
}

// BenchmarkClone measures building a mirror.
func BenchmarkClone(b *testing.B) {
	remote := gitrepotest.NewEmpty(b)
	remote.Linear("main", history(b))
	for b.Loop() {
		must(gitrepo.Open(b.Context(), gitrepo.Options{Dir: b.TempDir(), Remote: remote.Dir})).Close()
	}
}

// BenchmarkDescends measures the question that every fetch asks.
func BenchmarkDescends(b *testing.B) {
	remote := gitrepotest.NewEmpty(b)
	ids := remote.Linear("main", history(b))
	repo := gitrepotest.Open(b, remote)
	for b.Loop() {
		if !must(repo.Descends(b.Context(), ids[len(ids)-1], ids[len(ids)-4])) {
			b.Fatal("it does not")
		}
	}
}

// BenchmarkReadAll measures listing and reading 10,000 small files of 500 to a
// folder, and building the mirror for that.
func BenchmarkReadAll(b *testing.B) {
	remote := gitrepotest.NewEmpty(b)
	write := map[string]string{}
	for i := range 10_000 {
		write[fmt.Sprintf("apps/t%02d/a%05d/app.yaml", i/500, i)] = fmt.Sprintf("kind: App\nmetadata: {name: a%d}\n%0800d\n", i, i)
	}
	repo := must(gitrepo.Open(b.Context(), gitrepo.Options{Dir: b.TempDir(), Remote: remote.Dir}))
	batch := must(repo.Batch(b.Context(), ""))
	for path, content := range write {
		if err := batch.Put(path, catalog.File, []byte(content)); err != nil {
			b.Fatal(err)
		}
	}
	id := must(batch.Commit(b.Context(), gitrepo.Draft{Message: "apps", Author: later}))
	if err := repo.Push(b.Context(), batch, gitrepo.Advance("main", "", id)); err != nil {
		b.Fatal(err)
	}
	remote.Git("repack", "-adq")
	if err := repo.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		fresh := must(gitrepo.Open(b.Context(), gitrepo.Options{Dir: b.TempDir(), Remote: remote.Dir}))
		files := must(fresh.Files(b.Context(), id))
		n := 0
		var walk func(string)
		walk = func(dir string) {
			for _, e := range must(files.List(b.Context(), dir)) {
				if e.Mode == catalog.Folder {
					walk(e.Path)
				} else {
					must(files.Read(b.Context(), e, 1<<20))
					n++
				}
			}
		}
		walk("")
		fresh.Close()
		if n != 10_000 {
			b.Fatalf("%d files", n)
		}
	}
}
