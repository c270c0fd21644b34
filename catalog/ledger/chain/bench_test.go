package chain

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// BenchmarkLedger measures ledgers of several sizes, packed by git, each made once
// for all that is measured of it. The largest takes minutes to make.
func BenchmarkLedger(b *testing.B) {
	for _, size := range []struct{ records, apps int }{{1_000, 1_000}, {10_000, 10_000}, {100_000, 10_000}} {
		b.Run(fmt.Sprintf("%dk", size.records/1000), func(b *testing.B) {
			bench := newBench(b)
			bench.apps = size.apps
			bench.grow(size.records, 4000)
			bench.remote.Git("repack", "-adfq")
			bench.repo = gitrepotest.Open(b, bench.remote)
			bench.ledger = bench.open(bench.repo)
			b.Run("cold", bench.cold)
			b.Run("write", bench.write)
			b.Run("append", bench.push)
			b.Run("refresh", bench.follow)
			b.Run("verify", bench.verify)
			b.Run("clone", bench.clone)
		})
	}
}

// cold is the first reading without a cache, of a mirror that is there.
func (b *bench) cold(bb *testing.B) {
	for bb.Loop() {
		if v := must(must(Open(b.repo, Options{Trust: b.trust})).Refresh(bb.Context())); v.Frozen != nil {
			bb.Fatal(v.Frozen)
		}
	}
}

// write is one record without its push.
func (b *bench) write(bb *testing.B) {
	v := b.refresh()
	for i := 0; bb.Loop(); i++ {
		w := must(newWriter(bb.Context(), b.repo, v, nil, b.daemon.Signer, b.ledger.opts))
		if err := w.writeAll(bb.Context(), b.now, b.grown(1_000_000 + i)[:1]); err != nil {
			bb.Fatal(err)
		}
	}
}

// push is one record, pushed to a local bare repository.
func (b *bench) push(bb *testing.B) {
	v := b.refresh()
	bb.ResetTimer()
	for i := 0; bb.Loop(); i++ {
		var err error
		b.now = b.now.Add(time.Second)
		if v, _, err = b.ledger.Append(bb.Context(), v, b.now, b.grown(1_000_000 + i)[0]); err != nil {
			bb.Fatal(err)
		}
	}
}

// follow is the reading and verifying of one record that another replica wrote.
func (b *bench) follow(bb *testing.B) {
	other := b.open(gitrepotest.Open(bb, b.remote))
	must(other.Refresh(bb.Context()))
	v := b.refresh()
	for i := 0; bb.Loop(); i++ {
		bb.StopTimer()
		var err error
		b.now = b.now.Add(time.Second)
		if v, _, err = b.ledger.Append(bb.Context(), v, b.now, b.grown(2_000_000 + i)[0]); err != nil {
			bb.Fatal(err)
		}
		must(other.repo.Fetch(bb.Context()))
		bb.StartTimer()
		if v := must(other.Refresh(bb.Context())); v.Frozen != nil {
			bb.Fatal(v.Frozen)
		}
	}
}

// verify is all of it, from the first commit on.
func (b *bench) verify(bb *testing.B) {
	for bb.Loop() {
		if r := must(Verify(bb.Context(), b.repo, b.trust, nil, Replay{})); len(r.Findings) > 0 {
			bb.Fatal(r.Findings)
		}
	}
}

// clone is what git transfers of it.
func (b *bench) clone(bb *testing.B) {
	var bytes int64
	for bb.Loop() {
		bytes = 0
		clone := filepath.Join(bb.TempDir(), "clone")
		b.remote.Git("clone", "-q", "--bare", "--no-local", "--single-branch", "--branch", DefaultBranch, b.remote.Dir, clone)
		for _, name := range must(filepath.Glob(filepath.Join(clone, "objects", "pack", "*.pack"))) {
			bytes += sizeOf(bb, name)
		}
	}
	bb.ReportMetric(float64(bytes)/1e6, "MB/clone")
}

// BenchmarkFold measures the fold alone.
func BenchmarkFold(b *testing.B) {
	bench := &bench{t: b, trust: Trust{Genesis: catalog.Commit(strings.Repeat("1", 40))}, now: start}
	genesis := ledger.Record{Seq: 1, At: start, Kind: ledger.KindGenesis, Subject: ledger.SubjectLedger, Body: must(ledger.Canonical(ledger.Genesis{Branch: "main", Main: "m0", Governance: "g1:0", Root: "root", Key: "key one"}))}
	none := func(string) (ledger.App, error) { return ledger.App{}, nil }
	root, _, err := ledger.Fold(ledger.Root{}, none, genesis)
	if err != nil {
		b.Fatal(err)
	}
	e := bench.grown(1)[0]
	r := ledger.Record{Seq: 2, Prev: root.Hash, At: start, Kind: e.Kind, Subject: e.Subject, Body: must(ledger.Canonical(e.Body))}
	raw, body := must(ledger.Encode(r)), must(r.Read())
	for b.Loop() {
		if _, _, err := ledger.FoldRead(root, none, r, body, ledger.Hash(raw)); err != nil {
			b.Fatal(err)
		}
	}
}
