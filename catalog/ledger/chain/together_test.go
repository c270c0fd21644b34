package chain

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// claims are claims to apply apps, one each.
func claims(now time.Time, apps ...string) []ledger.Entry {
	var list []ledger.Entry
	for _, app := range apps {
		list = append(list, ledger.Entry{
			Kind: ledger.KindClaim, Subject: app, Sentence: "Claim to apply " + app + " in production",
			Body: ledger.NewClaim(ledger.NewEffect("apply", "production", "r1"), "one", now, 6*time.Hour),
		})
	}
	return list
}

// commits are the subjects of the commits after a tip, oldest first.
func (b *bench) commits(since catalog.Commit) []string {
	b.t.Helper()
	return strings.Split(strings.TrimSpace(b.remote.Git("log", "--reverse", "--format=%s", string(since)+".."+DefaultBranch)), "\n")
}

// TestTogether: what a daemon writes about its own work stands together, as many records a
// commit as may be; all else has commits of its own.
func TestTogether(t *testing.T) {
	var apps []string
	for i := range maxTogether + 3 {
		apps = append(apps, fmt.Sprintf("app-%04d", i))
	}
	now := start
	change := claims(now, "c")
	change[0].Trailers = []ledger.Trailer{{Key: "Change", Value: "7"}}
	tell := ledger.Entry{Kind: ledger.KindIncident, Subject: "b", Body: ledger.Incident{What: "bypass", Message: "x"}, Sentence: "Report b"}
	for name, c := range map[string]struct {
		entries []ledger.Entry
		want    []string
	}{
		"many":                {claims(now, apps...), []string{"Record 512 claims: app-0000, app-0001, app-0002 and 509 more", "Record 3 claims: app-0512, app-0513, app-0514"}},
		"one":                 {claims(now, "a"), []string{"Claim to apply a in production"}},
		"an app twice":        {append(claims(now, "a", "b"), claims(now, "a")...), []string{"Record 2 claims: a, b", "Claim to apply a in production"}},
		"something between":   {slices.Concat(claims(now, "a"), []ledger.Entry{tell}, claims(now, "c")), []string{"Claim to apply a in production", "Report b", "Claim to apply c in production"}},
		"trailers of its own": {slices.Concat(claims(now, "a", "b"), change, claims(now, "d", "e")), []string{"Record 2 claims: a, b", "Claim to apply c in production", "Record 2 claims: d, e"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			before := b.refresh()
			_, records, err := b.ledger.Append(t.Context(), before, b.now, c.entries...)
			if err != nil {
				t.Fatal(err)
			}
			if got := b.commits(before.Tip); !slices.Equal(got, c.want) {
				t.Errorf("the commits are %q, want %q", got, c.want)
			}
			after := b.refresh()
			if len(records) != len(c.entries) || after.root.Seq != before.root.Seq+int64(len(c.entries)) || after.root.Commits != before.root.Commits+int64(len(c.want)) {
				t.Errorf("%d records were written, and the ledger is at record %d in commit %d", len(records), after.root.Seq, after.root.Commits)
			}
			report := must(Verify(t.Context(), b.repo, b.trust, nil, Replay{}, Witness{"here", before.Tip, 0}))
			if len(report.Findings) > 0 || report.Records != int(after.root.Seq) || report.Witnesses[0].Seq != before.root.Seq {
				t.Errorf("the verification says %+v", report)
			}
			compare(t, after, b.fromNothing(after))
			if cold := must(b.open(gitrepotest.Open(t, b.remote)).Refresh(t.Context())); cold.Frozen != nil {
				t.Error(cold.Frozen)
			}
			last := c.entries[len(c.entries)-1]
			r := must(after.Newest(t.Context(), last.Kind, last.Subject, 1))
			if len(r) != 1 || r[0].Seq != after.root.Seq {
				t.Errorf("the last record is read as %+v", r)
			}
		})
	}
}

// TestTogetherMessage: a commit of several records has a line for each of them, and names
// all of them in its trailers.
func TestTogetherMessage(t *testing.T) {
	b := newBench(t)
	before := b.refresh()
	b.append(claims(b.now, "b", "a")...)
	got := b.remote.Git("log", "-1", "--format=%B", DefaultBranch)
	want := fmt.Sprintf("Record 2 claims: b, a\n\n- Claim to apply b in production\n- Claim to apply a in production\n\nSeq: %d-%d\nKind: claim\nApp: b\nApp: a\n",
		before.root.Seq+1, before.root.Seq+2)
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("the message is\n%s\nwant\n%s", got, want)
	}
}

// TestFoundedTogether: what exists when a ledger begins is recorded by kind, in few commits,
// and of each app in the order given.
func TestFoundedTogether(t *testing.T) {
	b := newBench(t)
	var entries []ledger.Entry
	for _, app := range []string{"a", "b", "c"} {
		entries = append(entries, ledger.Entry{Kind: ledger.KindDecision, Subject: app, Sentence: "Decide " + app, Body: ledger.Decision{
			Commit: b.trust.Genesis, Verdict: "allow", Digest: digestA, Policy: "p1:1", Outcome: "o1:1", Brief: []byte(`{}`), Decision: []byte(`{}`),
		}})
		for _, env := range []string{"staging", "production"} {
			entries = append(entries, ledger.Entry{Kind: ledger.KindAdmission, Subject: app, Sentence: "Admit " + app + " to " + env, Body: ledger.Admission{
				Environment: env, Commit: b.trust.Genesis, Digest: digestA, Render: "r1:1", Cause: ledger.CauseAdopted,
			}})
		}
	}
	b.remote.SetRef("refs/heads/"+DefaultBranch, "")
	repo := gitrepotest.Open(t, b.remote)
	genesis, v, err := Init(t.Context(), repo, b.founding(entries...), b.root.Signer)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Record 3 decisions: a, b, c", "Record 3 admissions: a, b, c", "Record 3 admissions: a, b, c"}
	if got := b.commits(genesis); !slices.Equal(got, want) {
		t.Errorf("the commits are %q, want %q", got, want)
	}
	trust := b.trust
	trust.Genesis = genesis
	if r := must(Verify(t.Context(), repo, trust, nil, Replay{})); len(r.Findings) > 0 || r.Records != len(entries)+1 {
		t.Errorf("the verification says %+v", r)
	}
	a, _ := v.App("b")
	if s, p := a.Admitted["staging"].Seq, a.Admitted["production"].Seq; a.Landed == nil || a.Landed.Seq >= s || s >= p {
		t.Errorf("b is %+v", a)
	}
}

// TestTogetherBytes: records that are long together have several commits.
func TestTogetherBytes(t *testing.T) {
	b := newBench(t)
	brief := []byte(`"` + strings.Repeat("x", ledger.MaxFile/3) + `"`)
	var entries []ledger.Entry
	for _, app := range []string{"a", "b", "c", "d", "e"} {
		entries = append(entries, ledger.Entry{Kind: ledger.KindDecision, Subject: app, Sentence: "Decide " + app, Body: ledger.Decision{
			Commit: b.trust.Genesis, Verdict: "allow", Digest: digestA, Policy: "p1:1", Outcome: "o1:1", Brief: brief, Decision: []byte(`{}`),
		}})
	}
	b.remote.SetRef("refs/heads/"+DefaultBranch, "")
	repo := gitrepotest.Open(t, b.remote)
	trust := b.trust
	var err error
	if trust.Genesis, _, err = Init(t.Context(), repo, b.founding(entries...), b.root.Signer); err != nil {
		t.Fatal(err)
	}
	want := []string{"Record 2 decisions: a, b", "Record 2 decisions: c, d", "Decide e"}
	if got := b.commits(trust.Genesis); !slices.Equal(got, want) {
		t.Errorf("the commits are %q, want %q", got, want)
	}
	if r := must(Verify(t.Context(), repo, trust, nil, Replay{})); len(r.Findings) > 0 {
		t.Errorf("findings: %+v", r.Findings)
	}
}

// TestCatchUp: how far a ledger has moved is counted in records, however few commits hold them.
func TestCatchUp(t *testing.T) {
	b := newBench(t)
	v := b.refresh()
	var apps []string
	for i := range maxCatchUp + 1 {
		apps = append(apps, fmt.Sprintf("app-%04d", i))
	}
	other := b.open(gitrepotest.Open(t, b.remote))
	must(other.Refresh(t.Context()))
	for _, part := range [][]string{apps[:maxCatchUp], apps[maxCatchUp:]} {
		var err error
		if v, _, err = b.ledger.Append(t.Context(), v, b.now, claims(b.now, part...)...); err != nil {
			t.Fatal(err)
		}
		if _, err := other.repo.Fetch(t.Context()); err != nil {
			t.Fatal(err)
		}
		line := must(other.since(t.Context(), v.Tip))
		if one := len(part) == maxCatchUp; (len(line) > 0) != one {
			t.Errorf("after %d records there are %d commits to verify one by one", v.root.Seq, len(line))
		}
	}
}
