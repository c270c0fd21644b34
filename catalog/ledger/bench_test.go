package ledger

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// sizes are the ledgers that are measured: records, and apps they are about.
var sizes = []struct{ records, apps int }{{1_000, 1_000}, {10_000, 10_000}, {100_000, 10_000}}

// sized runs a benchmark at each size on a ledger that git has packed.
func sized(b *testing.B, run func(b *testing.B, bench *bench)) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dk", size.records/1000), func(b *testing.B) {
			bench := newBench(b)
			bench.apps = size.apps
			bench.grow(size.records, 4000)
			bench.remote.Git("repack", "-adfq")
			bench.repo = gitrepotest.Open(b, bench.remote)
			bench.ledger = bench.open(bench.repo)
			b.ResetTimer()
			run(b, bench)
		})
	}
}

// BenchmarkAppend measures one record, push to a local bare repository included.
func BenchmarkAppend(b *testing.B) {
	sized(b, func(b *testing.B, bench *bench) {
		v := bench.refresh()
		b.ResetTimer()
		for i := 0; b.Loop(); i++ {
			var err error
			if v, _, err = bench.ledger.Append(b.Context(), v, bench.now, bench.grown(1_000_000 + i)[0]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkWrite measures one record without its push.
func BenchmarkWrite(b *testing.B) {
	sized(b, func(b *testing.B, bench *bench) {
		v := bench.refresh()
		b.ResetTimer()
		for i := 0; b.Loop(); i++ {
			w := must(newWriter(b.Context(), bench.repo, v, nil, bench.daemon.Signer, bench.ledger.opts))
			if err := w.write(b.Context(), bench.now, bench.grown(1_000_000 + i)[0]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkRefresh measures the reading of one new record that another replica wrote.
func BenchmarkRefresh(b *testing.B) {
	sized(b, func(b *testing.B, bench *bench) {
		other := bench.open(gitrepotest.Open(b, bench.remote))
		must(other.Refresh(b.Context()))
		v := bench.refresh()
		b.ResetTimer()
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			var err error
			if v, _, err = bench.ledger.Append(b.Context(), v, bench.now, bench.grown(1_000_000 + i)[0]); err != nil {
				b.Fatal(err)
			}
			must(other.repo.Fetch(b.Context()))
			b.StartTimer()
			if v := must(other.Refresh(b.Context())); v.Frozen != nil {
				b.Fatal(v.Frozen)
			}
		}
	})
}

// BenchmarkCold measures the first reading without a cache, of a mirror that is
// there.
func BenchmarkCold(b *testing.B) {
	sized(b, func(b *testing.B, bench *bench) {
		for b.Loop() {
			if v := must(must(Open(bench.repo, Options{Trust: bench.trust})).Refresh(b.Context())); v.Frozen != nil {
				b.Fatal(v.Frozen)
			}
		}
	})
}

// BenchmarkVerify measures all of it, and reports what a clone costs.
func BenchmarkVerify(b *testing.B) {
	sized(b, func(b *testing.B, bench *bench) {
		for b.Loop() {
			if r := must(Verify(b.Context(), bench.repo, bench.trust, nil, nil)); len(r.Findings) > 0 {
				b.Fatal(r.Findings)
			}
		}
		clone := filepath.Join(b.TempDir(), "clone")
		bench.remote.Git("clone", "-q", "--bare", bench.remote.Dir, clone)
		for line := range strings.Lines(bench.remote.Git("--git-dir", clone, "count-objects", "-v")) {
			var kib float64
			if n, _ := fmt.Sscanf(line, "size-pack: %f", &kib); n == 1 {
				b.ReportMetric(kib/1024, "MiB/clone")
			}
		}
	})
}

// BenchmarkFold measures the fold alone.
func BenchmarkFold(b *testing.B) {
	bench := &bench{t: b, trust: Trust{Genesis: catalog.Commit(strings.Repeat("1", 40))}, now: start}
	m := newMemory(b)
	e := bench.grown(1)[0]
	r := Record{Seq: 2, Prev: m.root.Hash, At: start, Kind: e.Kind, Subject: e.Subject, Body: must(canonical(e.Body))}
	raw, body := must(encode(r)), must(r.Read())
	for b.Loop() {
		if _, _, err := fold(m.root, func(string) (App, error) { return App{}, nil }, r, body, hashOf(raw)); err != nil {
			b.Fatal(err)
		}
	}
}
