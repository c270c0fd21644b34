package chain

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
)

var update = flag.Bool("update", false, "write the golden ledger again")

// TestGolden holds a ledger with every kind of record to its bytes: commits, records
// and states. If it changes, ledgers that were written before do not verify any
// more, unless the new release still reads the old form.
func TestGolden(t *testing.T) {
	b := newBench(t)
	b.story()
	v := b.refresh()
	second := gitrepotest.NewKey(t, "second")
	_, err := b.ledger.RotateKey(t.Context(), v, b.now, ledger.KeyChange{Add: second.Public.String(), Reason: "yearly"}, b.daemon.Signer)
	if err != nil {
		t.Fatal(err)
	}
	main := b.remote.Branch("main")
	if _, err = b.ledger.Adopt(t.Context(), b.now, ledger.Adoption{Main: main, Governance: "g1:2", Reason: "nobody could approve"}, b.root.Signer); err != nil {
		t.Fatal(err)
	}
	expense, _ := b.refresh().App("expense")
	b.append(
		ledger.Entry{Kind: ledger.KindClaim, Subject: "expense", Sentence: "Claim to tell jdoe", Body: ledger.NewClaim(ledger.NewEffect("notify", "expense/2026-07-01/30d/jdoe"), "one", b.now, time.Hour)},
		ledger.Entry{Kind: ledger.KindNotice, Subject: "expense", Sentence: "Tell jdoe that expense expires in 30 days", Body: ledger.Notice{
			Key: "expense/2026-07-01/30d/jdoe", Epoch: "2026-07-01", Reminder: "30d", Recipient: "jdoe", Channel: "slack", Delivered: true, Message: "1", At: b.now,
		}},
		ledger.Entry{Kind: ledger.KindHealth, Subject: "expense", Sentence: "Health of expense in production: failing", Body: ledger.Health{
			Environment: "production", Admission: expense.Applied["production"].Admission, State: ledger.HealthFailing, Reason: "it restarts again and again", Since: b.now,
		}},
		ledger.Entry{Kind: ledger.KindTransition, Subject: "expense", Sentence: "Expire expense", Body: ledger.Transition{From: ledger.Active, To: ledger.Expiring, Epoch: "2026-07-01", Cause: "ttl", Undo: "levee extend expense"}},
		ledger.Entry{Kind: ledger.KindIncident, Subject: "expense", Sentence: "Quarantine expense: leak", Body: ledger.Incident{What: "quarantine", Message: "leak", By: "ana", Marks: []string{"production"}}},
		ledger.Entry{Kind: ledger.KindIncident, Subject: "expense", Sentence: "Throttle expense: it costs too much", Body: ledger.Incident{What: "throttle", Message: "it costs too much", By: "ana", Marks: []string{"production"}}},
		ledger.Entry{Kind: ledger.KindIncident, Subject: "expense", Sentence: "Others change back again and again in production of expense: spec.replicas", Body: ledger.Incident{
			What: "fight", Message: "spec.replicas of Deployment/expense", By: "levee", Marks: []string{"production"}, Fight: &ledger.Contested{What: "Deployment/expense", Field: "spec.replicas", By: "a-scaler"},
		}},
		ledger.Entry{Kind: ledger.KindDecision, Subject: "expense", Body: ledger.Decision{
			Environment: "production", Commit: main, Verdict: "deny", Digest: digestA, Policy: "p1:1", Outcome: "o1:1",
			Brief: []byte(`{"now":"2026-04-01T09:00:00Z"}`), Decision: []byte(`{"verdict":"deny"}`), Denied: []string{"egress.vendor-approved"},
		}},
	)
	b.append(claims(b.now, "expense", "payroll", "rates")...)
	v = b.refresh()
	b.append(ledger.Entry{Kind: ledger.KindCheckpoint, Subject: ledger.SubjectLedger, Sentence: "Sum up", Body: ledger.Checkpoint{Tip: v.Tip, Records: v.Root().Seq, Hash: v.Root().Hash}})

	var got strings.Builder
	for id := range strings.Lines(b.remote.Git("rev-list", "--reverse", DefaultBranch)) {
		id = strings.TrimSpace(id)
		fmt.Fprintf(&got, "== commit %s\n%s", id, b.remote.Git("cat-file", "commit", id))
		paths := strings.Fields(b.remote.Git("diff-tree", "-r", "--root", "--no-commit-id", "--name-only", id))
		for _, path := range paths {
			fmt.Fprintf(&got, "-- %s\n", path)
			if !strings.HasPrefix(path, admitted) && path != readmePath {
				got.WriteString(b.remote.Read(id, path))
			}
		}
	}
	file := filepath.Join("testdata", "golden.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("the golden ledger changed (-was +is):\n%s", diff)
	}
	if r := must(Verify(t.Context(), b.repo, b.trust, nil, Replay{})); len(r.Findings) != 0 {
		t.Errorf("findings: %+v", r.Findings)
	}
	compare(t, b.refresh(), b.fromNothing(b.refresh()))
}

// FuzzRecord reads records as anybody may have written them: what is accepted is
// written as we write it, and can be folded or refused without harm.
func FuzzRecord(f *testing.F) {
	for _, line := range goldenFiles(f) {
		if strings.Contains(line, `"seq":`) && strings.Contains(line, `"body":`) {
			f.Add([]byte(line))
		}
	}
	f.Add([]byte(`{"at":"2026-04-01T09:00:00Z","body":{},"engine":"","kind":"claim","prev":"","seq":1,"subject":"a"}` + "\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, body, err := ledger.ReadRecord(raw)
		if err != nil {
			return
		}
		again, err := ledger.Encode(r)
		if err != nil || string(again) != string(raw) {
			t.Fatalf("%q is written as %q (%v)", raw, again, err)
		}
		root := ledger.Root{Seq: r.Seq - 1, Hash: r.Prev, Main: "m"}
		next, apps, err := ledger.FoldRead(root, func(string) (ledger.App, error) { return ledger.App{}, nil }, r, body, ledger.Hash(raw))
		if err != nil {
			return
		}
		for _, v := range []any{next, apps} {
			if _, err := ledger.Encode(v); err != nil {
				t.Fatalf("%q leads to a state that cannot be written: %v", raw, err)
			}
		}
		_ = authorise(root, r, body)
	})
}

// FuzzState reads states as anybody may have written them: what is accepted says the
// same when it is written and read again.
func FuzzState(f *testing.F) {
	for _, line := range goldenFiles(f) {
		if !strings.Contains(line, `"body":`) {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		round(t, raw, new(ledger.App), new(ledger.App))
		round(t, raw, new(ledger.Root), new(ledger.Root))
	})
}

func round(t *testing.T, raw []byte, v, again any) {
	if ledger.Decode(raw, v) != nil {
		return
	}
	first, err := ledger.Encode(v)
	if err != nil {
		return // times outside the calendar, numbers outside JSON
	}
	if err := ledger.Decode(first, again); err != nil {
		t.Fatalf("%q was written as %q, which cannot be read: %v", raw, first, err)
	}
	if second, err := ledger.Encode(again); err != nil || string(second) != string(first) {
		t.Fatalf("%q is written as %q and then %q (%v)", raw, first, second, err)
	}
}

// goldenFiles are the files of the golden ledger.
func goldenFiles(f *testing.F) []string {
	raw, err := os.ReadFile(filepath.Join("testdata", "golden.txt"))
	if err != nil {
		f.Fatal(err)
	}
	var files []string
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "{") {
			files = append(files, line)
		}
	}
	return files
}
