package gitrepo_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"

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

// largeCatalog makes a remote whose main has 10,000 small files, 500 to a folder, packed
// by git.
func largeCatalog(b *testing.B) (*gitrepotest.Remote, catalog.Commit) {
	remote := gitrepotest.NewEmpty(b)
	repo := must(gitrepo.Open(b.Context(), gitrepo.Options{Dir: b.TempDir(), Remote: remote.Dir}))
	batch := must(repo.Batch(b.Context(), ""))
	for i := range 10_000 {
		path := fmt.Sprintf("apps/t%02d/a%05d/app.yaml", i/500, i)
		content := fmt.Appendf(nil, "kind: App\nmetadata: {name: a%d}\n%0800d\n", i, i)
		if err := batch.Put(path, catalog.File, content); err != nil {
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
	return remote, id
}

// readAll opens a mirror, lists every folder and reads every file.
func readAll(b *testing.B, opts gitrepo.Options, id catalog.Commit) (repo *gitrepo.Repo, count int) {
	repo = must(gitrepo.Open(b.Context(), opts))
	files := must(repo.Files(b.Context(), id))
	var walk func(string)
	walk = func(dir string) {
		for _, e := range must(files.List(b.Context(), dir)) {
			if e.Mode == catalog.Folder {
				walk(e.Path)
			} else {
				must(files.Read(b.Context(), e, 1<<20))
				count++
			}
		}
	}
	walk("")
	repo.Close()
	return repo, count
}

// BenchmarkReadAll measures building the mirror of a large catalog, and listing and
// reading all of it.
func BenchmarkReadAll(b *testing.B) {
	remote, id := largeCatalog(b)
	for b.Loop() {
		if _, n := readAll(b, gitrepo.Options{Dir: b.TempDir(), Remote: remote.Dir}, id); n != 10_000 {
			b.Fatalf("%d files", n)
		}
	}
}

// BenchmarkStore measures opening one mirror on disk, listing and reading all of it, with
// this package and with go-git's storage. What it printed is in docs/decisions/0005.
func BenchmarkStore(b *testing.B) {
	remote, id := largeCatalog(b)
	opts := gitrepo.Options{Dir: b.TempDir(), Remote: remote.Dir}
	must(gitrepo.Open(b.Context(), opts)).Close()
	for name, read := range map[string]func(*testing.B) (any, int){
		"levee":  func(b *testing.B) (any, int) { return readAll(b, opts, id) },
		"go-git": func(b *testing.B) (any, int) { return readAllByGoGit(b, opts.Dir, id) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			start := processorTime()
			for b.Loop() {
				if _, n := read(b); n != 10_000 {
					b.Fatalf("%d files", n)
				}
			}
			b.ReportMetric(float64((processorTime()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
			before := heap()
			kept, _ := read(b)
			b.ReportMetric(float64(heap()-before)/(1<<20), "kept-MiB")
			runtime.KeepAlive(kept)
		})
	}
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC() // of what pools kept over the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// processorTime is what this process used so far.
func processorTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// readAllByGoGit does what readAll does, with a cache as large as ours. Trees are taken apart here, since go-git's
// package for that needs libraries that nothing else does.
func readAllByGoGit(b *testing.B, dir string, id catalog.Commit) (storage *filesystem.Storage, count int) {
	bare := must(filepath.EvalSymlinks(filepath.Join(dir, "mirror.git")))
	storage = filesystem.NewStorageWithOptions(osfs.New(bare), cache.NewObjectLRU(32*cache.MiByte), filesystem.Options{KeepDescriptors: true})
	defer storage.Close()
	read := func(kind plumbing.ObjectType, h plumbing.Hash) []byte {
		o := must(storage.EncodedObject(kind, h))
		data := make([]byte, o.Size())
		must(io.ReadFull(must(o.Reader()), data))
		return data
	}
	var walk func(plumbing.Hash)
	walk = func(tree plumbing.Hash) {
		for raw := read(plumbing.TreeObject, tree); len(raw) > 0; {
			entry, rest, _ := bytes.Cut(raw, []byte{0})
			h := plumbing.Hash(rest[:20])
			raw = rest[20:]
			if bytes.HasPrefix(entry, []byte("40000 ")) {
				walk(h)
			} else {
				read(plumbing.BlobObject, h)
				count++
			}
		}
	}
	commit := read(plumbing.CommitObject, plumbing.NewHash(string(id)))
	walk(plumbing.NewHash(string(commit[len("tree "):][:40])))
	return storage, count
}
