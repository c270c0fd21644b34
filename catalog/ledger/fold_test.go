package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
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

// A memory folds records without any repository.
type memory struct {
	t    testing.TB
	root Root
	apps map[string]App
	now  time.Time
}

func newMemory(t testing.TB) *memory {
	m := &memory{t: t, apps: map[string]App{}, now: start}
	m.fold(KindGenesis, SubjectLedger, Genesis{Branch: "main", Main: "m0", Governance: "g1:0", Root: "root", Key: "key one"})
	return m
}

func (m *memory) try(kind Kind, subject string, body any) error {
	m.t.Helper()
	raw, err := Canonical(body)
	if err != nil {
		m.t.Fatal(err)
	}
	r := Record{Seq: m.root.Seq + 1, Prev: m.root.Hash, At: m.now, Kind: kind, Subject: subject, Body: raw}
	before := must(Encode(m.root))
	states := map[string]string{}
	for name, a := range m.apps {
		states[name] = string(must(Encode(a)))
	}
	root, apps, err := Fold(m.root, func(name string) (App, error) { return m.app(name), nil }, r)
	if string(must(Encode(m.root))) != string(before) {
		m.t.Errorf("folding %s changed the root it was given", kind)
	}
	for name, was := range states {
		if string(must(Encode(m.app(name)))) != was {
			m.t.Errorf("folding %s changed the state of %s it was given", kind, name)
		}
	}
	if err == nil {
		m.root = root
		for _, a := range apps {
			m.apps[a.Name] = a
		}
	}
	return err
}

func (m *memory) fold(kind Kind, subject string, body any) {
	m.t.Helper()
	if err := m.try(kind, subject, body); err != nil {
		m.t.Fatalf("fold %s: %v", kind, err)
	}
	m.now = m.now.Add(time.Minute)
}

func (m *memory) refuse(why string, kind Kind, subject string, body any) {
	m.t.Helper()
	if err := m.try(kind, subject, body); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), why) {
		m.t.Errorf("fold %s: %v, want one about %q", kind, err, why)
	}
}

func (m *memory) app(name string) App { return m.apps[name] }

func review(id, change string, d catalog.Digest, r catalog.Review, at time.Time) catalog.Approval {
	return catalog.Approval{ID: id, Change: change, Base: "main", Subject: "a", Digest: d, Person: "ana", Review: r, At: at}
}

func TestFoldApprovals(t *testing.T) {
	m := newMemory(t)
	first := review("r1", "42", digestA, catalog.Approve, m.now)
	m.fold(KindApproval, "a", first)
	moved := first
	moved.Digest, moved.At = digestB, m.now
	m.fold(KindApproval, "a", moved)
	if got := m.app("a").Changes["42"].Approvals; len(got) != 1 || got[0].Digest != digestA {
		t.Errorf("a review that moved is %+v", got)
	}
	confirmed := moved
	confirmed.Confirmed = true
	m.fold(KindApproval, "a", confirmed)
	if got := m.app("a").Changes["42"].Approvals; got[0].Confirmed {
		t.Errorf("a review was confirmed for content it was not given for: %+v", got)
	}
	confirmed.Digest = digestA
	m.fold(KindApproval, "a", confirmed)
	if got := m.app("a").Changes["42"].Approvals; len(got) != 1 || !got[0].Confirmed || !got[0].At.Equal(first.At) {
		t.Errorf("a confirmed review is %+v", got)
	}
	m.fold(KindApproval, "a", first)
	m.fold(KindApproval, "a", review("r1", "42", digestA, catalog.Dismiss, m.now))
	m.fold(KindApproval, "a", review("r2", "42", digestA, catalog.Reject, m.now))
	if got := m.app("a").Changes["42"].Approvals; len(got) != 3 || !got[0].Confirmed || got[1].Review != catalog.Dismiss || got[2].Review != catalog.Reject {
		t.Errorf("reviews are %+v", got)
	}
	m.refuse("subject", KindApproval, "b", first)
	m.refuse("id", KindApproval, "a", review("", "42", digestA, catalog.Approve, m.now))

	// Neither the change nor another of its name revives what closed.
	before := review("r3", "42", digestA, catalog.Approve, m.now)
	m.now = m.now.Add(time.Minute)
	m.fold(KindClosure, SubjectLedger, Closure{Change: "42", Apps: []string{"a"}})
	m.fold(KindApproval, "a", first)
	m.fold(KindApproval, "a", before)
	if got := m.app("a").Changes; len(got) != 0 {
		t.Errorf("after closing there are %+v", got)
	}
	m.fold(KindApproval, "a", review("r4", "42", digestA, catalog.Approve, m.now))
	if got := m.app("a").Changes["42"].Approvals; len(got) != 1 || got[0].ID != "r4" {
		t.Errorf("after opening again there are %+v", got)
	}
}

// TestFoldClosed wants the memory of closed changes bounded, and nothing to count
// again that was forgotten.
func TestFoldClosed(t *testing.T) {
	m := newMemory(t)
	m.fold(KindDecision, "a", Decision{Change: "open", Digest: digestA, Verdict: "deny"})
	old := review("r1", "c0", digestA, catalog.Approve, m.now)
	early := review("r2", "open", digestA, catalog.Approve, m.now)
	m.now = m.now.Add(time.Minute)
	for i := range keepClosed + 10 {
		m.fold(KindClosure, "a", Closure{Change: fmt.Sprintf("c%d", i), Apps: []string{}})
	}
	a := m.app("a")
	if len(a.Closed) != keepClosed || a.Closed["c9"] != (time.Time{}) || a.Closed["c10"].IsZero() {
		t.Errorf("%d changes are remembered: %v", len(a.Closed), a.Closed)
	}
	if got, want := a.ClosedBefore, a.Closed["c10"].Add(-time.Minute); !got.Equal(want) {
		t.Errorf("the others closed before %s, want %s", got, want)
	}
	m.fold(KindApproval, "a", old)
	m.fold(KindApproval, "a", early)
	if a := m.app("a"); len(a.Changes["c0"].Approvals) != 0 || len(a.Changes["open"].Approvals) != 1 {
		t.Errorf("changes are %+v", a.Changes)
	}
}

func TestFoldDecisions(t *testing.T) {
	m := newMemory(t)
	judged := func() []string {
		var list []string
		for _, j := range m.app("a").Changes["42"].Judged {
			list = append(list, fmt.Sprintf("%s %s %d", j.Digest.Short(), j.Verdict, j.Seq))
		}
		return list
	}
	m.fold(KindDecision, "a", Decision{Change: "42", Digest: digestA, Verdict: "deny", Outcome: "o1:1"})
	m.fold(KindDecision, "a", Decision{Change: "42", Digest: digestB, Verdict: "allow", Shown: true})
	m.fold(KindReceipt, "a", Receipt{Effect: "show", Outcome: "failed", Change: "42", Digest: digestA})
	if s := m.app("a").Changes["42"].Judged[0].Shown; !s.IsZero() {
		t.Errorf("a verdict that could not be shown was shown at %s", s)
	}
	m.fold(KindReceipt, "a", Receipt{Effect: "show", Outcome: "done", Change: "42", Digest: digestA})
	m.fold(KindDecision, "a", Decision{Change: "42", Digest: digestA, Verdict: "deny"})
	if s := m.app("a").Changes["42"].Judged[1].Shown; !s.IsZero() {
		t.Errorf("what came back after something else was shown counts as shown at %s", s)
	}
	shown := m.now
	m.fold(KindReceipt, "a", Receipt{Effect: "show", Outcome: "done", Change: "42", Digest: digestA})
	m.fold(KindReceipt, "a", Receipt{Effect: "show", Outcome: "done", Change: "42", Digest: digestA})
	m.fold(KindDecision, "a", Decision{Change: "42", Digest: digestA, Verdict: "needs-approval"})
	if got, want := judged(), []string{"bbbbbbb allow 3", "aaaaaaa needs-approval 9"}; !slices.Equal(got, want) {
		t.Errorf("judged are %q, want %q", got, want)
	}
	if got := m.app("a").Changes["42"].Judged[1].Shown; !got.Equal(shown) {
		t.Errorf("the digest was shown at %s, want %s", got, shown)
	}
	for i := range 2 * keepJudged {
		m.fold(KindDecision, "a", Decision{Change: "42", Digest: catalog.Digest(fmt.Sprint("c1:", i)), Verdict: "deny"})
	}
	if n := len(judged()); n != keepJudged {
		t.Errorf("%d digests of a change are remembered", n)
	}
	m.refuse("about", KindDecision, "a", Decision{Change: "42", Environment: "production", Digest: digestA})

	// What landed is held until it is admitted, or what is admitted lands again.
	m.fold(KindDecision, "a", Decision{Commit: "l1", Digest: digestA, Verdict: "allow", Outcome: "o1:1"})
	a := m.app("a")
	if a.Landed == nil || a.Landed.Commit != "l1" || a.Landed.Outcome != "o1:1" || a.Held == nil || a.Held.Digest != digestA {
		t.Errorf("after landing the state is %+v, held %+v", a.Landed, a.Held)
	}
	since := a.Held.At
	m.fold(KindDecision, "a", Decision{Commit: "l1", Digest: digestA, Verdict: "deny"})
	if h := m.app("a").Held; h.Verdict != "deny" || !h.At.Equal(since) {
		t.Errorf("held is %+v", h)
	}
	m.fold(KindAdmission, "a", Admission{Environment: "production", Commit: "l0", Digest: digestB})
	if m.app("a").Held == nil {
		t.Error("an admission of other content released what is held")
	}
	m.fold(KindAdmission, "a", Admission{Environment: "staging", Commit: "l1", Digest: digestA})
	if h := m.app("a").Held; h != nil {
		t.Errorf("after its admission there is held %+v", h)
	}
	m.fold(KindDecision, "a", Decision{Commit: "l2", Digest: "c1:c", Verdict: "allow"})
	m.fold(KindDecision, "a", Decision{Commit: "l0", Environment: "production", Digest: digestB, Verdict: "allow"})
	if a := m.app("a"); a.Held == nil || a.Landed.Commit != "l2" || a.Running.Commit != "l0" {
		t.Errorf("a decision on what runs changed what landed: %+v", a)
	}
	m.fold(KindDecision, "a", Decision{Commit: "l3", Digest: digestB, Verdict: "allow"})
	if h := m.app("a").Held; h != nil {
		t.Errorf("after its revert there is held %+v", h)
	}
	if got := m.app("a").Admitted["staging"]; got.Commit != "l1" || got.Seq == 0 || got.At.IsZero() {
		t.Errorf("admitted is %+v", got)
	}
	m.refuse("environment", KindAdmission, "a", Admission{Digest: digestA})
	m.refuse("environment", KindAdmission, "a", Admission{Environment: "governance", Digest: digestA})
	m.refuse("environment", KindAdmission, "a", Admission{Environment: "../x", Digest: digestA})
	m.refuse("environment", KindAdmission, catalog.Governance, Admission{Environment: "production", Digest: digestA})
	m.refuse("environment", KindAdmission, SubjectLedger, Admission{Digest: digestA})
}

func TestFoldSince(t *testing.T) {
	m := newMemory(t)
	runs := func(d catalog.Digest, rules ...string) {
		m.fold(KindDecision, "a", Decision{Environment: "production", Digest: d, Verdict: "deny", Denied: rules})
	}
	since := func(want ...string) {
		t.Helper()
		var got []string
		for rule, at := range m.app("a").Since {
			got = append(got, fmt.Sprint(rule, " ", int(at.Sub(start).Minutes())))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("since is %q, want %q", got, want)
		}
	}
	m.fold(KindAdmission, "a", Admission{Environment: "production", Digest: digestA})
	runs(digestA, "x")
	runs(digestA, "x", "y")
	since("x 2", "y 3")
	m.fold(KindDecision, "a", Decision{Digest: digestA, Verdict: "allow"})
	m.fold(KindDecision, "a", Decision{Change: "42", Digest: digestA, Verdict: "allow"})
	since("x 2", "y 3")
	runs(digestA, "y")
	since("y 3")
	m.fold(KindAdmission, "a", Admission{Environment: "staging", Digest: digestB})
	runs(digestB)
	since("y 3")
	m.fold(KindAdmission, "a", Admission{Environment: "production", Digest: digestB})
	runs(digestB)
	since()
	runs(digestB, "y")
	since("y 11")
}

func TestFoldGovernance(t *testing.T) {
	m := newMemory(t)
	if g := m.root.Governing; g.Commit != "m0" || g.Digest != "g1:0" || g.Admission != 1 {
		t.Errorf("after the genesis governs %+v", g)
	}
	m.fold(KindDecision, catalog.Governance, Decision{Commit: "m1", Digest: "g1:1", Verdict: "needs-approval"})
	if h := m.root.Held; h == nil || h.Digest != "g1:1" || m.root.Governing.Commit != "m0" {
		t.Errorf("after a landing the root is %+v", m.root)
	}
	m.fold(KindAdmission, catalog.Governance, Admission{Commit: "m1", Digest: "g1:1"})
	if g := m.root.Governing; m.root.Held != nil || g.Commit != "m1" || g.Admission != m.root.Seq {
		t.Errorf("after its admission the root is %+v", m.root)
	}
	m.fold(KindDecision, catalog.Governance, Decision{Commit: "m1", Digest: "g1:edit", Verdict: "needs-approval"})
	m.fold(KindAdmission, catalog.Governance, Admission{Commit: "m1", Digest: "g1:whole"})
	if m.root.Held != nil || m.app(catalog.Governance).Held != nil {
		t.Errorf("all of governance is admitted, and held is %+v", m.root.Held)
	}
	m.refuse("last accepted", KindLanding, SubjectLedger, Landing{From: "m7", To: "m2"})
	m.fold(KindLanding, SubjectLedger, Landing{From: "m0", To: "m2"})
	if m.root.Main != "m2" {
		t.Errorf("after a landing the catalog is at %s", m.root.Main)
	}
	m.fold(KindAdoption, SubjectLedger, Adoption{Main: "m9", Governance: "g1:9", GivenUp: []catalog.Commit{"w1"}, Reason: "r"})
	m.fold(KindAdoption, SubjectLedger, Adoption{GivenUp: []catalog.Commit{"w1", "w2"}, Reason: "r"})
	if g := m.root.Governing; m.root.Main != "m9" || g.Commit != "m9" || g.Digest != "g1:9" || len(m.root.GivenUp) != 2 {
		t.Errorf("after adoptions the root is %+v", m.root)
	}
	m.refuse("one genesis", KindGenesis, SubjectLedger, Genesis{})
	m.refuse("checkpoint", KindCheckpoint, SubjectLedger, Checkpoint{Records: m.root.Seq, Hash: "x"})
	m.fold(KindCheckpoint, SubjectLedger, Checkpoint{Records: m.root.Seq, Hash: m.root.Hash})
}

func TestFoldKeys(t *testing.T) {
	m := newMemory(t)
	m.fold(KindKey, SubjectLedger, KeyChange{Add: "key two"})
	m.fold(KindKey, SubjectLedger, KeyChange{Revoke: "key one comment"})
	want := []Key{{Public: "key one", From: 1, To: 2}, {Public: "key two", From: 3}}
	if !reflect.DeepEqual(m.root.Keys, want) {
		t.Errorf("keys are %+v, want %+v", m.root.Keys, want)
	}
	m.refuse("revoke", KindKey, SubjectLedger, KeyChange{Revoke: "key one"})
	m.refuse("come back", KindKey, SubjectLedger, KeyChange{Add: "key one"})
	m.refuse("changes none", KindKey, SubjectLedger, KeyChange{})
	for seq, want := range map[int64]bool{2: false, 3: true, 9: true} {
		if got := (Key{From: 3}).Valid(seq); got != want {
			t.Errorf("a key from 3 on signs %d: %v", seq, got)
		}
	}
	if (Key{From: 1, To: 2}).Valid(3) || !(Key{From: 1, To: 2}).Valid(2) {
		t.Error("a revoked key does not end where it should")
	}
}

func TestFoldClaims(t *testing.T) {
	m := newMemory(t)
	claim := func(holder string, lasts time.Duration) Claim { return Claim{"apply", holder, m.now.Add(lasts)} }
	m.fold(KindClaim, "a", claim("one", 5*time.Minute))
	m.refuse("claimed by one", KindClaim, "a", claim("two", 5*time.Minute))
	m.refuse("later end", KindClaim, "a", claim("one", 0))
	m.fold(KindClaim, "a", claim("one", 5*time.Minute)) // goes on
	first := m.app("a").Claims["apply"].Seq
	m.now = m.now.Add(5 * time.Minute)
	m.fold(KindClaim, "a", claim("two", 5*time.Minute))
	m.fold(KindReceipt, "a", Receipt{Effect: "apply", Outcome: "done", Claim: first})
	if c := m.app("a").Claims["apply"]; c.Holder != "two" {
		t.Errorf("a late receipt ended the claim of another: %+v", c)
	}
	m.fold(KindReceipt, "a", Receipt{Effect: "apply", Outcome: "done", Environment: "production", Admission: 7, Digest: "r1:7", Claim: first + 1})
	a := m.app("a")
	if got := a.Applied["production"]; len(a.Claims) != 0 || got.Admission != 7 || got.Digest != "r1:7" || got.Outcome != "done" {
		t.Errorf("after the receipt the state is %+v", a)
	}
	m.fold(KindReceipt, "a", Receipt{Effect: "apply", Outcome: "failed", Environment: "production", Admission: 8, Error: "no"})
	if got := m.app("a").Applied["production"]; got.Admission != 7 || got.Digest != "r1:7" || got.Outcome != "failed" || got.Error != "no" {
		t.Errorf("after a failure the target holds %+v", got)
	}
	m.fold(KindClaim, SubjectLedger, claim("one", time.Minute))
	if len(m.app(SubjectLedger).Claims) != 1 {
		t.Error("the ledger itself cannot be claimed for")
	}
}

func TestFoldStages(t *testing.T) {
	m := newMemory(t)
	move := func(from, to Stage) Transition { return Transition{From: from, To: to, Epoch: "2026-07-01"} }
	m.refuse("is active", KindTransition, "a", move(Due, Disabled))
	m.refuse("no transition", KindTransition, "a", move(Active, Active))
	m.refuse("no transition", KindTransition, "a", move(Active, "gone"))
	m.refuse("archived", KindTransition, "a", move(Active, Tombstoned))
	m.refuse("no stages", KindTransition, catalog.Governance, move(Active, Expiring))
	m.fold(KindTransition, "a", move(Active, Due))
	if a := m.app("a"); a.Stage != Due || a.Epoch != "2026-07-01" {
		t.Errorf("the state is %+v", a)
	}
	m.fold(KindTransition, "a", move(Due, Disabled))
	m.now = m.now.Add(6 * 24 * time.Hour)
	m.fold(KindTransition, "b", move(Active, Disabled))
	if n := len(m.root.Disabled); n != 2 {
		t.Errorf("%d disables are remembered", n)
	}
	m.now = m.now.Add(25 * time.Hour)
	m.fold(KindTransition, "c", move(Active, Disabled))
	if n := len(m.root.Disabled); n != 2 {
		t.Errorf("%d disables are remembered a week later", n)
	}
	m.fold(KindTransition, "a", move(Disabled, Archived))
	m.fold(KindTransition, "a", move(Archived, Tombstoned))
	m.fold(KindTransition, "b", move(Disabled, Active))
	if a := m.app("b"); len(m.root.Tombstoned) != 1 || a.Stage != Active || a.Epoch != "" {
		t.Errorf("the root is %+v, b is %+v", m.root, a)
	}
}

// TestFoldRenewal: the first request of an epoch counts, and ends with its change.
func TestFoldRenewal(t *testing.T) {
	m := newMemory(t)
	ask := func(change string, epoch Epoch) {
		m.fold(KindDecision, "a", Decision{Change: change, Verdict: "allow", Digest: digestA, Renews: epoch})
	}
	began := m.now
	ask("1", "ttl 2026-07-01")
	ask("1", "")
	ask("2", "ttl 2026-07-01")
	if r := m.app("a").Renewal; r == nil || r.Change != "1" || !r.At.Equal(began) || r.Closed {
		t.Errorf("the request is %+v", r)
	}
	m.fold(KindClosure, SubjectLedger, Closure{Change: "2", Apps: []string{"a"}})
	if m.app("a").Renewal.Closed {
		t.Error("the end of another change ended the request")
	}
	m.fold(KindClosure, SubjectLedger, Closure{Change: "1", Apps: []string{"a"}})
	ask("3", "ttl 2026-07-01")
	if r := m.app("a").Renewal; r.Change != "1" || !r.Closed {
		t.Errorf("after its change closed the request is %+v", r)
	}
	ask("4", "ttl 2026-10-01")
	if r := m.app("a").Renewal; r.Change != "4" || r.Closed {
		t.Errorf("in another epoch the request is %+v", r)
	}
}

// TestFoldReprieve: who brings an app back says when its epoch counts again.
func TestFoldReprieve(t *testing.T) {
	m := newMemory(t)
	m.fold(KindTransition, "a", Transition{From: Active, To: Due, Epoch: "e"})
	due := m.app("a").StageAt
	m.fold(KindTransition, "a", Transition{From: Due, To: Disabled, Epoch: "e"})
	until := m.now.Add(7 * 24 * time.Hour)
	m.fold(KindTransition, "a", Transition{From: Disabled, To: Active, Epoch: "e", By: "ana", Until: until})
	a := m.app("a")
	if a.Stage != Active || a.Epoch != "" || !a.StageAt.After(due) || a.Reprieve == nil || *a.Reprieve != (Reprieve{"e", until}) {
		t.Errorf("the state is %+v", a)
	}
}

func TestFoldIncidentsAndNotices(t *testing.T) {
	m := newMemory(t)
	m.fold(KindIncident, "a", Incident{What: "bypass", Message: "no"})
	m.fold(KindIncident, "a", Incident{What: "quarantine", Message: "leak", By: "ana"})
	m.fold(KindIncident, "a", Incident{What: "quarantine", Message: "again", By: "bo"})
	if q := m.app("a").Quarantine; q == nil || q.By != "ana" || q.Reason != "leak" || q.Seq != 3 {
		t.Errorf("the quarantine is %+v", q)
	}
	m.fold(KindIncident, "a", Incident{What: "release", By: "ana"})
	if a := m.app("a"); a.Quarantine != nil || !a.Released.Equal(m.now.Add(-time.Minute)) {
		t.Errorf("after its release the state is %+v", a)
	}
	for _, by := range []Incident{{What: "quarantine", By: "bo", Drill: &Drill{}}, {What: "quarantine", By: "ana"}, {What: "quarantine", By: "cy"}, {What: "quarantine", By: "bo", Drill: &Drill{}}} {
		m.fold(KindIncident, "a", by)
	}
	if q := m.app("a").Quarantine; q == nil || q.By != "ana" || q.Drill {
		t.Errorf("after a drill in which it was contained the quarantine is %+v", q)
	}
	m.fold(KindIncident, "a", Incident{What: "release", By: "ana"})
	m.fold(KindIncident, "a", Incident{What: "drill", Drill: &Drill{CutMillis: 1, BackMillis: 2}})
	drilled := m.app("a").Drilled
	m.fold(KindIncident, "a", Incident{What: "drill", Drill: &Drill{Failed: true}})
	m.fold(KindIncident, "a", Incident{What: "drill"})
	if a := m.app("a"); drilled.IsZero() || !a.Drilled.Equal(drilled) {
		t.Errorf("after drills the state is %+v", a)
	}
	m.fold(KindIncident, "a", Incident{What: "throttle", Message: "dear", By: "ana"})
	m.fold(KindIncident, "a", Incident{What: "throttle", Message: "again", By: "bo"})
	m.fold(KindIncident, "a", Incident{What: "quarantine", Message: "leak", By: "bo"})
	m.fold(KindIncident, "a", Incident{What: "release", By: "bo"})
	if a := m.app("a"); a.Throttle == nil || a.Throttle.By != "ana" || a.Throttle.Reason != "dear" || a.Quarantine != nil {
		t.Errorf("after a containment was released the throttle is %+v", a.Throttle)
	}
	released := m.app("a").Released
	m.fold(KindIncident, "a", Incident{What: "unthrottle", By: "ana"})
	if a := m.app("a"); a.Throttle != nil || !a.Unthrottled.Equal(m.now.Add(-time.Minute)) || !a.Released.Equal(released) {
		t.Errorf("after the throttle ended the state is %+v", a)
	}
	replicas := &Contested{What: "Deployment/a", Field: "spec.replicas", By: "a-scaler"}
	for _, b := range []Incident{
		{What: "fight", Marks: []string{"production"}, Fight: replicas}, {What: "fight", Marks: []string{"production"}, Fight: replicas},
		{What: "fight", Marks: []string{"staging"}, Fight: replicas}, {What: "fight", Marks: []string{"staging"}}, {What: "fight", Fight: replicas},
	} {
		m.fold(KindIncident, "a", b)
	}
	first := m.app("a").Fights[FightKey("production", *replicas)]
	if fights := m.app("a").Fights; len(fights) != 2 || first.Environment != "production" || first.Contested != *replicas || first.Seq >= fights[FightKey("staging", *replicas)].Seq {
		t.Errorf("the fights are %+v", fights)
	}
	for _, environment := range []string{"production", "production", "elsewhere"} {
		m.fold(KindIncident, "a", Incident{What: "fight-over", Marks: []string{environment}, Fight: &Contested{What: replicas.What, Field: replicas.Field, By: "another"}})
	}
	if fights := m.app("a").Fights; len(fights) != 1 || fights[FightKey("staging", *replicas)].Environment != "staging" {
		t.Errorf("after the end of one the fights are %+v", fights)
	}
	m.fold(KindIncident, "a", Incident{What: "fight-over", Marks: []string{"staging"}, Fight: replicas})
	tell := func(epoch Epoch, recipient int, delivered bool) {
		key := fmt.Sprint(epoch, "/", recipient)
		m.fold(KindNotice, "a", Notice{Key: key, Epoch: epoch, Reminder: "30d", Recipient: fmt.Sprint(recipient), Delivered: delivered, At: m.now})
	}
	m.fold(KindTransition, "a", Transition{From: Active, To: Expiring, Epoch: "mine"})
	tell("mine", 1, false)
	m.fold(KindClaim, "a", NewClaim(NewEffect("notify", "mine/1"), "one", m.now, time.Hour))
	tell("mine", 1, true)
	if a := m.app("a"); len(a.Claims) != 0 || !a.Told("mine") || a.Told("crowd") {
		t.Errorf("after somebody was told the state is %+v", a)
	}
	if n := m.app("a").Notices; len(n) != 1 || !n["mine/1"].Delivered {
		t.Errorf("notices are %+v", n)
	}
	for i := range 100 {
		tell("crowd", i, true)
	}
	if n := len(m.app("a").Notices); n != 101 {
		t.Errorf("of 101 notices of two epochs %d are remembered", n)
	}
	for i := range 2 * keepEpochs {
		tell(Epoch(fmt.Sprint("e", i)), 1, true)
	}
	if n := m.app("a").Notices; len(n) != keepEpochs || n["mine/1"].Key == "" {
		t.Errorf("%d notices are remembered: %v", len(n), n)
	}
}

// TestFoldMentions: what was said about a change is remembered with it, however many
// others wait, and ends with it.
func TestFoldMentions(t *testing.T) {
	m := newMemory(t)
	tell := func(change, key string) {
		m.fold(KindClaim, "a", NewClaim(NewEffect("notify", key), "one", m.now, time.Hour))
		m.fold(KindNotice, "a", Notice{Key: key, Change: change, Reminder: "asked owner", Recipient: "owner", Delivered: true, At: m.now})
	}
	for i := range 2 * keepEpochs {
		change := fmt.Sprint(i)
		m.fold(KindDecision, "a", Decision{Verdict: "needs_approval", Change: change, Digest: "sha256:x"})
		tell(change, change+" one")
	}
	for i := range keepMentions {
		tell("1", fmt.Sprint("1 more ", i))
	}
	a := m.app("a")
	if len(a.Changes) != 2*keepEpochs || len(a.Claims) != 0 || len(a.Notices) != 0 {
		t.Errorf("%d changes, %d claims, %d notices", len(a.Changes), len(a.Claims), len(a.Notices))
	}
	if c := a.Changes["0"]; !c.Mentions["0 one"].Delivered {
		t.Errorf("of the oldest change this is remembered: %+v", c)
	}
	if c := a.Changes["1"]; len(c.Mentions) != keepMentions || c.Mentions["1 one"].Key != "" {
		t.Errorf("of a change with many mentions %d are remembered", len(c.Mentions))
	}
	m.fold(KindClosure, SubjectLedger, Closure{Change: "0", Apps: []string{"a"}})
	tell("0", "0 two")
	if _, open := m.app("a").Changes["0"]; open {
		t.Error("a notice opens a change again")
	}
}

// TestFoldRefuses covers what no record may do.
func TestFoldRefuses(t *testing.T) {
	m := newMemory(t)
	none := func(string) (App, error) { return App{}, nil }
	good := Record{Seq: 2, Prev: m.root.Hash, At: start, Kind: KindIncident, Subject: "a", Body: json.RawMessage(`{"message":"x","what":"bypass"}`)}
	if _, _, err := Fold(m.root, none, good); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(r *Record){
		"a gap":               func(r *Record) { r.Seq = 3 },
		"one again":           func(r *Record) { r.Seq = 1 },
		"another predecessor": func(r *Record) { r.Prev = "sha256:0" },
		"no kind":             func(r *Record) { r.Kind = "" },
		"an unknown kind":     func(r *Record) { r.Kind = "wish" },
		"a path as subject":   func(r *Record) { r.Subject = "../a" },
		"no subject":          func(r *Record) { r.Subject = "" },
		"microseconds":        func(r *Record) { r.At = start.Add(time.Microsecond) },
		"no time":             func(r *Record) { r.At = time.Time{} },
		"another body":        func(r *Record) { r.Body = json.RawMessage(`{"what":"bypass","wish":1}`) },
		"no object":           func(r *Record) { r.Body = json.RawMessage(`"x"`) },
	} {
		r := good
		edit(&r)
		if _, _, err := Fold(m.root, none, r); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := Fold(Root{}, none, Record{Seq: 1, At: start, Kind: KindIncident, Subject: "a", Body: good.Body}); !errors.Is(err, ErrInvalid) {
		t.Errorf("a first record that is no genesis: %v", err)
	}
	failed := errors.New("disk")
	if _, _, err := Fold(m.root, func(string) (App, error) { return App{}, failed }, good); !errors.Is(err, failed) {
		t.Errorf("a state that cannot be read: %v", err)
	}
}
