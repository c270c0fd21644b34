package chain

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var start = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

const (
	digestA = catalog.Digest("c1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	digestB = catalog.Digest("c1:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")
)

// A bench is a remote with a catalog, a founded ledger, and one daemon.
type bench struct {
	t      testing.TB
	remote *gitrepotest.Remote
	root   *gitrepotest.Key
	daemon *gitrepotest.Key
	trust  Trust
	repo   *gitrepo.Repo
	ledger *Ledger
	now    time.Time
	apps   int // that grow spreads records over; at least 1,000
}

const smallCatalog = `
-- catalog.yaml --
kind: Catalog
-- roles.yaml --
kind: Roles
-- vendors/acme.yaml --
kind: Vendor
-- apps/finance/expense/app.yaml --
kind: App
-- apps/finance/expense/evidence/sbom.json --
{}
`

func newBench(t testing.TB, entries ...ledger.Entry) *bench {
	t.Helper()
	b := &bench{
		t: t, remote: gitrepotest.New(t, smallCatalog), now: start,
		root: gitrepotest.NewKey(t, "root"), daemon: gitrepotest.NewKey(t, "daemon"),
	}
	b.repo = gitrepotest.Open(t, b.remote)
	b.trust = Trust{Root: b.root.Public}
	var err error
	b.trust.Genesis, _, err = Init(t.Context(), b.repo, b.founding(entries...), b.root.Signer)
	if err != nil {
		t.Fatal(err)
	}
	b.ledger = b.open(b.repo)
	return b
}

func (b *bench) founding(entries ...ledger.Entry) Founding {
	b.t.Helper()
	main := b.remote.Branch("main")
	files := must(b.repo.Files(b.t.Context(), main))
	return Founding{
		Catalog: "main", Main: main, Governance: "g1:" + digestA[3:], Key: b.daemon.Public,
		Adopt: true, Now: b.now, Engine: "levee test", Keep: must(KeepGovernance(b.t.Context(), files)), Entries: entries,
	}
}

// open opens the ledger of a mirror with a cache of its own.
func (b *bench) open(repo *gitrepo.Repo) *Ledger {
	b.t.Helper()
	return b.openCached(repo, filepath.Join(b.t.TempDir(), "tip"))
}

func (b *bench) openCached(repo *gitrepo.Repo, cache string) *Ledger {
	b.t.Helper()
	l, err := Open(repo, Options{Trust: b.trust, Signer: b.daemon.Signer, Engine: "levee test", Cache: cache})
	if err != nil {
		b.t.Fatal(err)
	}
	return l
}

// refresh fetches and reads the ledger, frozen or not.
func (b *bench) refresh(witnesses ...catalog.Commit) *View {
	b.t.Helper()
	if _, err := b.repo.Fetch(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	v, err := b.ledger.Refresh(b.t.Context(), witnesses...)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// append records entries, a minute after the last.
func (b *bench) append(entries ...ledger.Entry) *View {
	b.t.Helper()
	v := b.refresh()
	if v.Frozen != nil {
		b.t.Fatal(v.Frozen)
	}
	b.now = b.now.Add(time.Minute)
	v, _, err := b.ledger.Append(b.t.Context(), v, b.now, entries...)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// keepApp links the folder of the app expense as it stands on main.
func (b *bench) keepApp(environment string) []catalog.Entry {
	b.t.Helper()
	files := must(b.repo.Files(b.t.Context(), b.remote.Branch("main")))
	e, ok, err := files.Entry(b.t.Context(), "apps/finance/expense")
	if err != nil || !ok {
		b.t.Fatal(ok, err)
	}
	e.Path = AdmittedPath(environment, "expense")
	return []catalog.Entry{e}
}

func approval(id string, d catalog.Digest, at time.Time) ledger.Entry {
	return ledger.Entry{
		Kind: ledger.KindApproval, Subject: "expense", Sentence: "Approve expense " + d.Short() + " in 42",
		Trailers: []ledger.Trailer{{Key: "Change", Value: "42"}, {Key: "Reviewer", Value: "ana"}, {Key: "Role", Value: "security"}, {Key: "Digest", Value: string(d)}},
		Body:     catalog.Approval{ID: id, Change: "42", Base: "main", Subject: "expense", Digest: d, Person: "ana", Review: catalog.Approve, At: at},
	}
}

func decided(change string, d catalog.Digest, verdict ledger.Verdict) ledger.Entry {
	return ledger.Entry{
		Kind: ledger.KindDecision, Subject: "expense", Sentence: "Judge expense: " + string(verdict),
		Body: ledger.Decision{
			Change: change, Commit: "1111111111111111111111111111111111111111", Verdict: verdict, Digest: d,
			Policy: "p1:" + d[3:], Brief: []byte(`{"z":1,"a":{"n":1.50}}`), Decision: []byte(`{"verdict":"` + string(verdict) + `"}`),
		},
	}
}

func (b *bench) admission(environment string, d catalog.Digest) ledger.Entry {
	return ledger.Entry{
		Kind: ledger.KindAdmission, Subject: "expense", Sentence: "Admit expense " + d.Short() + " to " + environment,
		Body: ledger.Admission{Environment: environment, Path: "apps/finance/expense/app.yaml", Commit: b.remote.Branch("main"), Digest: d, Render: "r1:" + d[3:]},
		Keep: b.keepApp(environment),
	}
}

func claimed(holder string, now time.Time) ledger.Entry {
	return ledger.Entry{Kind: ledger.KindClaim, Subject: "expense", Body: ledger.NewClaim(ledger.NewEffect("apply", "production", string(digestA)), holder, now, 5*time.Minute)}
}

func receipt(seq int64) ledger.Entry {
	return ledger.Entry{Kind: ledger.KindReceipt, Subject: "expense", Body: ledger.Receipt{
		Effect: ledger.NewEffect("apply", "production", string(digestA)), Outcome: "done", Environment: "production",
		Admission: seq, Digest: "r1:" + digestA[3:], Steps: []string{"write expense.json"},
	}}
}

// story records a bit of everything and returns the last view.
func (b *bench) story() *View {
	b.t.Helper()
	b.append(decided("42", digestA, "needs-approval"), approval("r1", digestA, b.now))
	main := b.remote.Branch("main")
	v := b.append(
		ledger.Entry{Kind: ledger.KindLanding, Subject: ledger.SubjectLedger, Body: ledger.Landing{From: main, To: main, Change: "42", Apps: []string{"expense"}}},
		decided("", digestA, "allow"), b.admission("production", digestA), claimed("one", b.now))
	a, _ := v.App("expense")
	b.append(receipt(a.Admitted["production"].Seq))
	return b.append(ledger.Entry{Kind: ledger.KindClosure, Subject: ledger.SubjectLedger, Body: ledger.Closure{Change: "42", Landed: true, Apps: []string{"expense"}}})
}

// TestStory records, reads cold and warm, and compares.
func TestStory(t *testing.T) {
	b := newBench(t)
	last := b.story()
	if last.Frozen != nil {
		t.Fatal(last.Frozen)
	}
	other := b.open(gitrepotest.Open(t, b.remote))
	cold := must(other.Refresh(t.Context()))
	if cold.Frozen != nil {
		t.Fatal(cold.Frozen)
	}
	compare(t, last, cold)
	b.append(decided("43", digestB, "deny"))
	if _, err := other.repo.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	warm := must(other.Refresh(t.Context()))
	if warm.Frozen != nil {
		t.Fatal(warm.Frozen)
	}
	compare(t, b.refresh(), warm)
}

// compare wants two views to say the same.
func compare(t testing.TB, want, got *View) {
	t.Helper()
	if want.Tip != got.Tip || want.files.Tree() != got.files.Tree() {
		t.Errorf("one view is of %s, the other of %s", want.Tip, got.Tip)
	}
	if a, b := must(ledger.Encode(want.root)), must(ledger.Encode(got.root)); string(a) != string(b) {
		t.Errorf("one root is\n%s, the other\n%s", a, b)
	}
	names := want.apps.names()
	if len(names) != len(got.apps.names()) {
		t.Errorf("one view knows %v, the other %v", names, got.apps.names())
	}
	for _, name := range names {
		x, _ := want.App(name)
		y, _ := got.App(name)
		if a, b := must(ledger.Encode(x)), must(ledger.Encode(y)); string(a) != string(b) {
			t.Errorf("%s is\n%s and\n%s", name, a, b)
		}
	}
}
