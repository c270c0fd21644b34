package ledger

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
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
	_, err := b.ledger.RotateKey(t.Context(), v, b.now, KeyChange{Add: second.Public.String(), Reason: "yearly"}, b.daemon.Signer)
	if err != nil {
		t.Fatal(err)
	}
	main := b.remote.Branch("main")
	if _, err = b.ledger.Adopt(t.Context(), b.now, Adoption{Main: main, Governance: "g1:2", Reason: "nobody could approve"}, b.root.Signer); err != nil {
		t.Fatal(err)
	}
	expense, _ := b.refresh().App("expense")
	v = b.append(
		Entry{Kind: KindClaim, Subject: "expense", Sentence: "Claim to tell jdoe", Body: NewClaim(NewEffect("notify", "expense/2026-07-01/30d/jdoe"), "one", b.now, time.Hour)},
		Entry{Kind: KindNotice, Subject: "expense", Sentence: "Tell jdoe that expense expires in 30 days", Body: Notice{
			Key: "expense/2026-07-01/30d/jdoe", Epoch: "2026-07-01", Reminder: "30d", Recipient: "jdoe", Channel: "slack", Delivered: true, Message: "1", At: b.now,
		}},
		Entry{Kind: KindHealth, Subject: "expense", Sentence: "Health of expense in production: failing", Body: Health{
			Environment: "production", Admission: expense.Applied["production"].Admission, State: HealthFailing, Reason: "it restarts again and again", Since: b.now,
		}},
		Entry{Kind: KindTransition, Subject: "expense", Sentence: "Expire expense", Body: Transition{From: Active, To: Expiring, Epoch: "2026-07-01", Cause: "ttl", Undo: "levee extend expense"}},
		Entry{Kind: KindIncident, Subject: "expense", Sentence: "Quarantine expense: leak", Body: Incident{What: "quarantine", Message: "leak", By: "ana", Marks: []string{"production"}}},
		Entry{Kind: KindDecision, Subject: "expense", Body: Decision{
			Environment: "production", Commit: main, Verdict: "deny", Digest: digestA, Policy: "p1:1", Outcome: "o1:1",
			Brief: []byte(`{"now":"2026-04-01T09:00:00Z"}`), Decision: []byte(`{"verdict":"deny"}`), Denied: []string{"egress.vendor-approved"},
		}},
	)
	b.append(Entry{Kind: KindCheckpoint, Subject: SubjectLedger, Sentence: "Sum up", Body: Checkpoint{Tip: v.Tip, Records: v.Root().Seq, Hash: v.Root().Hash}})

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
		r, body, err := decodeRecord(raw)
		if err != nil {
			return
		}
		again, err := encode(r)
		if err != nil || string(again) != string(raw) {
			t.Fatalf("%q is written as %q (%v)", raw, again, err)
		}
		root := Root{Seq: r.Seq - 1, Hash: r.Prev, Main: "m"}
		next, apps, err := fold(root, func(string) (App, error) { return App{}, nil }, r, body, hashOf(raw))
		if err != nil {
			return
		}
		for _, v := range []any{next, apps} {
			if _, err := encode(v); err != nil {
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
		round(t, raw, new(App), new(App))
		round(t, raw, new(Root), new(Root))
	})
}

func round(t *testing.T, raw []byte, v, again any) {
	if decode(raw, v) != nil {
		return
	}
	first, err := encode(v)
	if err != nil {
		return // times outside the calendar, numbers outside JSON
	}
	if err := decode(first, again); err != nil {
		t.Fatalf("%q was written as %q, which cannot be read: %v", raw, first, err)
	}
	if second, err := encode(again); err != nil || string(second) != string(first) {
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

// TestDecode covers what must not be read.
func TestDecode(t *testing.T) {
	good := `{"at":"2026-04-01T09:00:00Z","body":{"message":"x","what":"bypass"},"engine":"","kind":"incident","prev":"","seq":1,"subject":"a"}` + "\n"
	if _, _, err := decodeRecord([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"a space":         {`"seq":1`, `"seq": 1`},
		"another order":   {`"message":"x","what":"bypass"`, `"what":"bypass","message":"x"`},
		"no newline":      {"}\n", "}"},
		"two":             {"}\n", "}\n{}"},
		"an extra field":  {`"engine":""`, `"engine":"","extra":1`},
		"a field twice":   {`"engine":""`, `"engine":"","engine":""`},
		"another case":    {`"engine":""`, `"Engine":""`},
		"an extra in it":  {`"message":"x"`, `"extra":1,"message":"x"`},
		"a number as 1.0": {`"seq":1`, `"seq":1.0`},
		"an offset":       {"09:00:00Z", "11:00:00+02:00"},
		"microseconds":    {"09:00:00Z", "09:00:00.000001Z"},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%s: nothing to replace", name)
		}
		if r, _, err := decodeRecord([]byte(bad)); err == nil {
			t.Errorf("%s is read as %+v", name, r)
		}
	}
	if _, err := encode(strings.Repeat("x", maxFile)); err == nil {
		t.Error("a file of any size is written")
	}
	if got := whole(time.Date(2026, 4, 1, 9, 0, 0, 1234567, time.FixedZone("", 3600))); got.Format(time.RFC3339Nano) != "2026-04-01T08:00:00.001Z" {
		t.Errorf("a time is cut to %s", got)
	}
	for _, path := range []string{"admitted/production/" + fan("a") + "a", "admitted/production/" + fan("a") + "a/x/y"} {
		if err := checkKeep("a", path); err != nil {
			t.Error(err)
		}
	}
	for _, path := range []string{
		"admitted", "admitted/", "admitted/production", "admitted/production/" + fan("a"), "admitted/production/" + fan("a") + "ab",
		"admitted/governance/" + fan("a") + "a", "admitted/../" + fan("a") + "a", "state.json", "",
	} {
		if checkKeep("a", path) == nil {
			t.Errorf("a may keep %s", path)
		}
	}
	if checkKeep(catalog.Governance, "admitted/governance/x") != nil || checkKeep(catalog.Governance, "admitted/governancex") == nil || checkKeep("governance", "admitted/governance/x") == nil {
		t.Error("governance keeps the wrong paths")
	}
}
