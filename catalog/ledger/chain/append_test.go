package chain

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// TestAppendStale wants one of two writers with the same view to win, and nothing of
// the other recorded.
func TestAppendStale(t *testing.T) {
	b := newBench(t)
	v := b.refresh()
	other := b.open(gitrepotest.Open(t, b.remote))
	seen := must(other.Refresh(t.Context()))
	if _, _, err := b.ledger.Append(t.Context(), v, b.now, incident); err != nil {
		t.Fatal(err)
	}
	_, _, err := other.Append(t.Context(), seen, b.now, claimed("two", b.now), incident)
	if !errors.Is(err, gitrepo.ErrStale) {
		t.Fatalf("the second push: %v", err)
	}
	if v := b.refresh(); v.Root().Seq != 2 {
		t.Errorf("%d records landed", v.Root().Seq)
	}
	must(other.repo.Fetch(t.Context()))
	seen = must(other.Refresh(t.Context()))
	if _, _, err := other.Append(t.Context(), seen, b.now, claimed("two", b.now)); err != nil {
		t.Errorf("from the new view: %v", err)
	}
}

// TestAppendNothing wants no commits for what cannot be recorded.
func TestAppendNothing(t *testing.T) {
	b := newBench(t)
	b.append(claimed("one", b.now))
	v := b.refresh()
	other, err := Open(b.repo, Options{Trust: b.trust, Signer: gitrepotest.NewKey(t, "mallory").Signer})
	if err != nil {
		t.Fatal(err)
	}
	reader, err := Open(b.repo, Options{Trust: b.trust})
	if err != nil {
		t.Fatal(err)
	}
	keep := b.admission("production", digestA)
	keep.Keep[0].Path = AdmittedPath("production", "other")
	outside := b.admission("production", digestA)
	outside.Keep[0].Path = "state"
	missing := b.admission("production", digestA)
	missing.Keep[0].ID = "0000000000000000000000000000000000000001"
	idle := incident
	idle.Keep = b.keepApp("production")
	for name, test := range map[string]struct {
		l    *Ledger
		list []ledger.Entry
		want error
	}{
		"nothing":            {b.ledger, nil, nil},
		"a claim that is":    {b.ledger, []ledger.Entry{incident, claimed("two", b.now)}, ledger.ErrInvalid},
		"another's files":    {b.ledger, []ledger.Entry{keep}, ledger.ErrInvalid},
		"files elsewhere":    {b.ledger, []ledger.Entry{outside}, ledger.ErrInvalid},
		"files of no object": {b.ledger, []ledger.Entry{missing}, gitrepo.ErrNotFound},
		"an incident's file": {b.ledger, []ledger.Entry{idle}, ledger.ErrInvalid},
		"a second genesis":   {b.ledger, []ledger.Entry{{Kind: ledger.KindGenesis, Subject: ledger.SubjectLedger, Body: ledger.Genesis{}}}, nil},
		"no JSON":            {b.ledger, []ledger.Entry{{Kind: ledger.KindIncident, Subject: "a", Body: func() {}}}, ledger.ErrInvalid},
		"a wrong checkpoint": {b.ledger, []ledger.Entry{{Kind: ledger.KindCheckpoint, Subject: ledger.SubjectLedger, Body: ledger.Checkpoint{Tip: b.remote.Branch("main"), Records: v.Root().Seq, Hash: v.Root().Hash}}}, ledger.ErrInvalid},
		"a foreign key":      {other, []ledger.Entry{incident}, nil},
		"no key":             {reader, []ledger.Entry{incident}, nil},
	} {
		_, _, err := test.l.Append(t.Context(), v, b.now, test.list...)
		if err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if got := b.refresh().Tip; got != v.Tip {
		t.Errorf("the ledger moved to %s", got)
	}
	check := ledger.Entry{Kind: ledger.KindCheckpoint, Subject: ledger.SubjectLedger, Body: ledger.Checkpoint{Tip: v.Tip, Records: v.Root().Seq, Hash: v.Root().Hash}}
	if v := b.append(check); v.Root().Seq != 3 {
		t.Errorf("after a checkpoint there are %d records", v.Root().Seq)
	}
}

// TestAppendWith lands a change and its records in one push, or neither.
func TestAppendWith(t *testing.T) {
	b := newBench(t)
	v := b.refresh()
	main := v.Root().Main
	batch := must(b.repo.Batch(t.Context(), main))
	if err := batch.Put("apps/finance/expense/app.yaml", catalog.File, []byte("kind: App # new\n")); err != nil {
		t.Fatal(err)
	}
	landed := must(batch.Commit(t.Context(), gitrepo.Draft{Message: "land", Author: gitrepo.Person{Name: "Ada", When: b.now}}))
	files := must(batch.Files(t.Context(), landed))
	folder, _, err := files.Entry(t.Context(), "apps/finance/expense")
	if err != nil {
		t.Fatal(err)
	}
	folder.Path = AdmittedPath("production", "expense")
	admit := b.admission("production", digestB)
	admit.Keep = []catalog.Entry{folder}
	entries := []ledger.Entry{
		{Kind: ledger.KindLanding, Subject: ledger.SubjectLedger, Body: ledger.Landing{From: main, To: landed, Change: "42", Apps: []string{"expense"}}},
		admit,
	}
	push := Push{Batch: batch, Updates: []gitrepo.Update{gitrepo.Advance("main", main, landed)}}

	moved := b.remote.Commit("main", gitrepotest.Change{Write: map[string]string{"x": "y"}})
	if _, _, err := b.ledger.AppendWith(t.Context(), v, b.now, push, entries...); !errors.Is(err, gitrepo.ErrStale) {
		t.Fatalf("while main moved: %v", err)
	}
	if b.remote.Branch(DefaultBranch) != v.Tip || b.remote.Branch("main") != moved {
		t.Error("a part of the push landed")
	}
	b.remote.SetRef("refs/heads/main", string(main))
	next, records, err := b.ledger.AppendWith(t.Context(), v, b.now, push, entries...)
	if err != nil || len(records) != 2 || records[1].Seq != 3 || b.remote.Branch("main") != landed || next.Root().Main != landed {
		t.Errorf("%v; %d records; main at %s, known at %s", err, len(records), b.remote.Branch("main"), next.Root().Main)
	}
	if got := b.read(next.Admitted("production", "expense"), "app.yaml"); got != "kind: App # new\n" {
		t.Errorf("admitted is %q", got)
	}
	if got := b.read(next.Admitted("production", "expense"), "evidence/sbom.json"); got != "{}\n" {
		t.Errorf("the evidence admitted is %q", got)
	}
	if got := b.read(b.refresh().Governance(), "vendors/acme.yaml"); got != "kind: Vendor\n" {
		t.Errorf("the vendor that governs is %q", got)
	}
	if list := must(next.Governance().List(t.Context(), "")); len(list) != 3 {
		t.Errorf("governance is %v", list)
	}
	if list := must(next.Admitted("staging", "expense").List(t.Context(), "")); len(list) != 0 {
		t.Errorf("admitted to staging is %v", list)
	}
	r, err := next.Record(t.Context(), ledger.KindAdmission, "expense", 3)
	if err != nil || string(r.Body) != string(records[1].Body) {
		t.Errorf("the record reads %s, %v", r.Body, err)
	}
	if _, err := next.Record(t.Context(), ledger.KindAdmission, "expense", 4); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("a record that is not there: %v", err)
	}
}

func (b *bench) read(files catalog.Files, path string) string {
	b.t.Helper()
	dir := ""
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir = path[:i]
	}
	for _, e := range must(files.List(b.t.Context(), dir)) {
		if e.Path == path {
			return string(must(files.Read(b.t.Context(), e, 1<<20)))
		}
	}
	return ""
}

// TestAppendUnknown kills the server after the refs moved and before it says so, and
// wants the records found where they are.
func TestAppendUnknown(t *testing.T) {
	b := newBench(t)
	v := b.refresh()
	b.remote.Hook("reference-transaction", `test "$1" != committed || kill -9 $PPID`)
	next, records, err := b.ledger.Append(t.Context(), v, b.now, incident)
	if err != nil || len(records) != 1 || b.remote.Branch(DefaultBranch) != next.Tip {
		t.Fatalf("a push that landed unheard: %v", err)
	}
	b.remote.Hook("reference-transaction", "exit 0")
	b.remote.Hook("pre-receive", "kill -9 $PPID")
	if _, _, err := b.ledger.Append(t.Context(), next, b.now, incident); err == nil || errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "nothing landed") {
		t.Errorf("a push that died before it landed: %v", err)
	}
	b.remote.Hook("pre-receive", "echo no; exit 1")
	if _, _, err := b.ledger.Append(t.Context(), next, b.now, incident); !errors.Is(err, gitrepo.ErrRejected) {
		t.Errorf("a push that was refused: %v", err)
	}
	b.remote.Hook("pre-receive", "exit 0")
	away := b.remote.Dir + ".away"
	b.remote.Hook("reference-transaction", `test "$1" != committed || { mv "$PWD" "$PWD.away"; kill -9 $PPID; }`)
	_, _, err = b.ledger.Append(t.Context(), next, b.now, incident)
	if !errors.Is(err, ErrUnknown) {
		t.Errorf("a push to a server that vanished: %v", err)
	}
	if _, _, err := b.ledger.Append(t.Context(), next, b.now, incident); !errors.Is(err, gitrepo.ErrNoRepository) || errors.Is(err, ErrUnknown) {
		t.Errorf("a push to nowhere: %v", err)
	}
	if err := os.Rename(away, b.remote.Dir); err != nil {
		t.Fatal(err)
	}
	b.remote.Hook("reference-transaction", "exit 0")
	if v := b.refresh(); v.Frozen != nil || v.Root().Seq != next.Root().Seq+1 {
		t.Errorf("after the server came back: %v, %d records", v.Frozen, v.Root().Seq)
	}
}

// TestDraft collects records in several steps and lands them in one push. Until then
// nothing may be done on its word.
func TestDraft(t *testing.T) {
	b := newBench(t)
	v := b.refresh()
	d := b.ledger.Draft(v)
	if same := must(d.Push(t.Context())); same != v || d.Len() != 0 {
		t.Error("an empty draft was pushed")
	}
	drafted := must(d.Write(t.Context(), b.now, claimed("one", b.now)))
	effect := ledger.NewEffect("apply", "production", string(digestA))
	if _, held := drafted.Held("expense", effect, "one", b.now); held {
		t.Error("a claim is held that did not land")
	}
	if drafted.Claimable("expense", effect, b.now) {
		t.Error("what the draft claims can be claimed again")
	}
	must(d.Write(t.Context(), b.now, incident))
	if got := b.remote.Branch(DefaultBranch); got != v.Tip || d.Len() != 2 {
		t.Errorf("the ledger is at %s, the draft holds %d", got, d.Len())
	}
	lost := b.ledger.Draft(v)
	must(lost.Write(t.Context(), b.now, claimed("two", b.now)))
	landed := must(d.Push(t.Context()))
	if _, held := landed.Held("expense", effect, "one", b.now); !held || landed.Root().Seq != 3 {
		t.Errorf("after the push there are %d records, held: %v", landed.Root().Seq, held)
	}
	compare(t, landed, b.refresh())
	if _, err := lost.Push(t.Context()); !errors.Is(err, gitrepo.ErrStale) {
		t.Errorf("the draft that was late: %v", err)
	}
	frozen := *landed
	frozen.Frozen = &Finding{}
	if _, err := b.ledger.Draft(&frozen).Write(t.Context(), b.now, incident); !errors.Is(err, ErrFrozen) {
		t.Errorf("a draft on a frozen view: %v", err)
	}
	list := must(landed.Records(t.Context(), ledger.KindClaim, "expense"))
	if len(list) != 1 || list[0].Seq != 2 {
		t.Errorf("claims are %+v", list)
	}
	if list := must(landed.Records(t.Context(), ledger.KindClaim, "nobody")); len(list) != 0 {
		t.Errorf("claims of nobody are %+v", list)
	}
}

// TestMessage wants one line to stay one line, whoever wrote it.
func TestMessage(t *testing.T) {
	message := func(e ledger.Entry) string {
		return together{{record: ledger.Record{Seq: 7, Kind: ledger.KindApproval, Subject: "expense"}, entry: e}}.message()
	}
	got := message(ledger.Entry{
		Sentence: "Approve\n\nSeq: 99\u202e \x1b[31mred",
		Trailers: []ledger.Trailer{
			{Key: "Reviewer", Value: "ana\nRole: root"}, {Key: "Seq", Value: "8"}, {Key: "App", Value: "other"}, {Key: "Kind", Value: "claim"},
			{Key: "Ro le", Value: "security"}, {Key: "", Value: "x"}, {Key: "Empty", Value: " \n"}, {Key: "Long", Value: strings.Repeat("é", 400)},
		},
	})
	want := "Approve Seq: 99 [31mred\n\nSeq: 7\nKind: approval\nApp: expense\nReviewer: ana Role: root\nRole: security\nLong: " +
		strings.Repeat("é", 248) + "…\n"
	if got != want {
		t.Errorf("the message is %q, want %q", got, want)
	}
	if got := message(ledger.Entry{Kind: ledger.KindApproval, Subject: "expense"}); !strings.HasPrefix(got, "Record approval of expense\n\n") {
		t.Errorf("without a sentence the message is %q", got)
	}
}

// TestGit wants git to read the ledger as an auditor does, and to accept it.
func TestGit(t *testing.T) {
	b := newBench(t)
	b.story()
	b.remote.Git("fsck", "--strict", "--full")
	if got := b.remote.Git("log", "--format=%s|%(trailers:key=Reviewer,valueonly,separator=%x2C)", DefaultBranch, "--", "approvals/*/expense/*"); got != "Approve expense aaaaaaa in 42|ana\n" {
		t.Errorf("the report is %q", got)
	}
	for id := range strings.Lines(b.remote.Git("rev-list", DefaultBranch)) {
		key := b.daemon
		if catalog.Commit(strings.TrimSpace(id)) == b.trust.Genesis {
			key = b.root
		}
		if out, err := b.remote.TryGit(append([]string{"-c", "gpg.ssh.allowedSignersFile=" + key.Allowed}, "verify-commit", strings.TrimSpace(id))...); err != nil {
			t.Errorf("git does not verify %s: %s", id, out)
		}
	}
	if got := b.remote.Read(DefaultBranch, readmePath); got != string(readme) {
		t.Errorf("the README is %q", got)
	}
}

// TestLayout wants no folder with more than 64 entries, however many records there
// are of one subject.
func TestLayout(t *testing.T) {
	folders := map[string]map[string]bool{}
	paths := map[string]bool{}
	add := func(path string) {
		if paths[path] {
			t.Fatalf("%s is there twice", path)
		}
		paths[path] = true
		for dir := path; dir != ""; {
			i := strings.LastIndexByte(dir, '/')
			name := dir[i+1:]
			dir = dir[:max(i, 0)]
			if folders[dir] == nil {
				folders[dir] = map[string]bool{}
			}
			folders[dir][name] = true
		}
	}
	for n := range 200_000 {
		add(recordPath(ledger.KindDecision, "expense", n/pageSize, int64(n+1)))
	}
	for i := range 50_000 {
		add(statePath(fmt.Sprint("app-", i)))
	}
	most := 0
	for dir, names := range folders {
		most = max(most, len(names))
		if len(names) > 64 {
			t.Errorf("%s has %d entries", dir, len(names))
		}
	}
	t.Logf("the largest of %d folders has %d entries", len(folders), most)
	for number, want := range map[int]string{0: "7.json", 5: "5/7.json", 31: "v/7.json", 32: "1/0/7.json", 3125: "3/1/l/7.json"} {
		if got, want := recordPath(ledger.KindApproval, "expense", number, 7), "approvals/"+fan("expense")+"expense/"+want; got != want {
			t.Errorf("a record lies at %s, want %s", got, want)
		}
	}
	for _, kind := range []ledger.Kind{ledger.KindGenesis, ledger.KindKey, ledger.KindAdoption, ledger.KindClosure} {
		if !isRecordPath(recordPath(kind, "expense", 5, 7)) {
			t.Errorf("the path of a %s is none of a record", kind)
		}
	}
	for _, path := range []string{"state.json", "state/a/b/c/approvals.json", "admitted/x/app.yaml", "genesis", "genesiss/x", "README.md", "s/x"} {
		if isRecordPath(path) {
			t.Errorf("%s is taken for the path of a record", path)
		}
	}
}

// TestPages fills the pages of one subject, and finds every record again.
func TestPages(t *testing.T) {
	repo := gitrepotest.Open(t, gitrepotest.New(t, smallCatalog))
	b := must(repo.Batch(t.Context(), ""))
	var files *gitrepo.Files
	put := func(page int, seq int64) {
		t.Helper()
		if err := b.Put(recordPath(ledger.KindClaim, "a", page, seq), catalog.File, fmt.Append(nil, seq)); err != nil {
			t.Fatal(err)
		}
		files = must(b.Files(t.Context(), must(b.Commit(t.Context(), gitrepo.Draft{Message: "x", Author: gitrepo.Person{Name: "Ada", When: start}}))))
	}
	check := func(n int) {
		t.Helper()
		if got := must(nextPage(t.Context(), files, ledger.KindClaim, "a")); got != n/pageSize {
			t.Fatalf("record %d goes on page %d", n, got)
		}
	}
	const records = 1500 // a page beyond those with one digit
	for n := range records {
		check(n)
		put(n/pageSize, int64(3*n+2))
	}
	check(records)
	for n := range records {
		e, ok, err := findRecord(t.Context(), files, ledger.KindClaim, "a", int64(3*n+2))
		if err != nil || !ok || string(must(files.Read(t.Context(), e, 100))) != fmt.Sprint(3*n+2) {
			t.Fatalf("record %d is %v, %v, %v", 3*n+2, e, ok, err)
		}
		if e, ok, err := findRecord(t.Context(), files, ledger.KindClaim, "a", int64(3*n+3)); ok || err != nil {
			t.Fatalf("record %d, which is not there, is %v, %v", 3*n+3, e, err)
		}
	}
	for _, seq := range []int64{0, 1, 1 << 40} {
		if _, ok, err := findRecord(t.Context(), files, ledger.KindClaim, "a", seq); ok || err != nil {
			t.Errorf("record %d is there: %v", seq, err)
		}
	}
	if _, ok, err := findRecord(t.Context(), files, ledger.KindClaim, "b", 2); ok || err != nil {
		t.Errorf("a record of another is there: %v", err)
	}
	if err := b.Put(pagePath(ledger.KindClaim, "a", 0)+"/x.json", catalog.File, nil); err != nil {
		t.Fatal(err)
	}
	put(records/pageSize, 9999)
	if _, err := nextPage(t.Context(), files, ledger.KindClaim, "a"); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("beside a file that is no record: %v", err)
	}
}

// TestCost bounds what one record sends, after 2,000.
func TestCost(t *testing.T) {
	b := newBench(t)
	v := b.grow(2000, 300)
	size := func() (n, bytes int64) {
		for line := range strings.Lines(b.remote.Git("count-objects", "-v")) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			number, _ := strconv.ParseInt(value, 10, 64)
			switch key {
			case "count", "in-pack":
				n += number
			}
		}
		files, err := filepath.Glob(filepath.Join(b.remote.Dir, "objects", "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			bytes += sizeOf(t, f)
		}
		return n, bytes
	}
	_, want := v.App("app-7")
	if !want {
		t.Fatal("there is no such app")
	}
	for name, e := range map[string]ledger.Entry{
		"a decision": b.grown(5007)[0], "an approval": b.grown(6007)[1], "a closure": b.grown(7007)[2],
	} {
		objects, bytes := size()
		var err error
		if v, _, err = b.ledger.Append(t.Context(), v, b.now, e); err != nil {
			t.Fatal(err)
		}
		moreObjects, moreBytes := size()
		t.Logf("%s: %d objects, %d bytes", name, moreObjects-objects, moreBytes-bytes)
		if n := moreObjects - objects; n > 20 {
			t.Errorf("%s sends %d objects", name, n)
		}
		if n := moreBytes - bytes; n > 10_000 {
			t.Errorf("%s sends %d bytes", name, n)
		}
	}
}

func sizeOf(t testing.TB, name string) int64 {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// grown are the records of one change of one app, as they are in a real ledger.
func (b *bench) grown(i int) []ledger.Entry {
	app := fmt.Sprint("app-", i%max(b.apps, 1000))
	change := fmt.Sprint(i)
	d := catalog.Digest(fmt.Sprintf("c1:%064x", i))
	at := b.now.Add(time.Duration(i) * time.Second)
	input := fmt.Sprintf(`{"kind":"App","subject":%q,"digest":%q,"input":{"app":{"name":%q,"owner":{"person":"jdoe","team":"finance"},`+
		`"runtime":{"type":"container","image":"registry.example.com/fin/x@sha256:%064x","cpu":0.25,"memory":268435456,"regions":["eu-1","eu-2"]},`+
		`"egress":["maps.example.com","api.example.org"],"data":[{"dataset":"expenses","access":"write","categories":["pii"]}]},`+
		`"refs":{"vendors":{"acme":{"domains":["maps.example.com"],"regions":["eu"]}}}},"holders":{"security":["ana","bo"],"owner":["jdoe"]}}`, app, d, app, i*7919)
	verdict := fmt.Sprintf(`{"kind":"App","name":%q,"verdict":"needs-approval","risk":{"level":"high","reasons":["it handles personal data","it talks to a vendor"]},`+
		`"problems":[{"rule":"egress.vendor-approved","level":"warn","message":"maps.example.com is not covered by a vendor","remedy":"name the vendor","line":14,"column":5}]}`, app)
	return []ledger.Entry{
		{
			Kind: ledger.KindDecision, Subject: app, Sentence: "Judge " + app + " " + d.Short() + ": needs approval",
			Trailers: []ledger.Trailer{{Key: "Change", Value: change}, {Key: "Digest", Value: string(d)}},
			Body: ledger.Decision{
				Change: change, Commit: b.trust.Genesis, Verdict: "needs-approval", Digest: d, Policy: d, Outcome: d,
				Brief: []byte(input), Decision: []byte(verdict),
			},
		},
		{
			Kind: ledger.KindApproval, Subject: app, Sentence: "Approve " + app + " " + d.Short(),
			Trailers: []ledger.Trailer{{Key: "Change", Value: change}, {Key: "Digest", Value: string(d)}, {Key: "Reviewer", Value: "ana"}, {Key: "Role", Value: "security"}},
			Body:     catalog.Approval{ID: "r" + change, Change: change, Base: "main", Subject: app, Digest: d, Person: "ana", Review: catalog.Approve, At: at},
		},
		{Kind: ledger.KindClosure, Subject: app, Body: ledger.Closure{Change: change, Landed: true, Apps: []string{app}}},
	}
}

// grow appends records, in pushes of some each.
func (b *bench) grow(records, each int) *View {
	b.t.Helper()
	v := b.refresh()
	var entries []ledger.Entry
	for i := 0; len(entries) < records-int(v.Root().Seq); i++ {
		entries = append(entries, b.grown(i)...)
	}
	for part := range slices.Chunk(entries[:records-int(v.Root().Seq)], each) {
		var err error
		b.now = b.now.Add(time.Hour) // git looks for common history by dates
		if v, _, err = b.ledger.Append(b.t.Context(), v, b.now, part...); err != nil {
			b.t.Fatal(err)
		}
	}
	return v
}
