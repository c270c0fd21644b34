package chain

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
)

func TestInit(t *testing.T) {
	adopted := ledger.Entry{Kind: ledger.KindAdmission, Subject: "expense", Body: ledger.Admission{Environment: "production", Digest: digestA, Cause: "adopted"}}
	b := newBench(t, adopted)
	v := b.refresh()
	if v.Frozen != nil {
		t.Fatal(v.Frozen)
	}
	if a, ok := v.App("expense"); !ok || a.Admitted["production"].Cause != "adopted" || v.Root().Seq != 2 {
		t.Errorf("the app is %+v", a)
	}
	if r := v.Root(); r.Main != b.remote.Branch("main") || r.Governing.Commit != r.Main || r.Governing.Admission != 1 || r.Branch != "main" {
		t.Errorf("the root is %+v", r)
	}
	if _, ok := v.App("nobody"); ok {
		t.Error("an app that was never recorded is known")
	}
	if got := v.Apps(); len(got) != 1 || got[0] != "expense" {
		t.Errorf("apps are %v", got)
	}
	if _, _, err := Init(t.Context(), b.repo, b.founding(), b.root.Signer); !errors.Is(err, ErrExists) {
		t.Errorf("founded twice: %v", err)
	}
	if b.remote.Branch(DefaultBranch) != v.Tip {
		t.Error("founding again moved the branch")
	}
}

// TestInitRace founds while somebody else does.
func TestInitRace(t *testing.T) {
	b := newBench(t)
	late := gitrepotest.OpenWith(t, gitrepo.Options{Dir: t.TempDir(), Remote: b.remote.Dir, Refs: []string{"refs/heads/main"}})
	before := b.remote.Branch(DefaultBranch)
	if _, _, err := Init(t.Context(), late, b.founding(), b.root.Signer); !errors.Is(err, ErrExists) {
		t.Errorf("founded behind another's back: %v", err)
	}
	if b.remote.Branch(DefaultBranch) != before {
		t.Error("the branch moved")
	}
	f := b.founding()
	f.Branch, f.Key = "other", b.root.Public
	if _, _, err := Init(t.Context(), b.repo, f, b.root.Signer); err == nil {
		t.Error("the root key was taken for the daemon's")
	}
	f.Key, f.Governance = b.daemon.Public, ""
	if _, _, err := Init(t.Context(), b.repo, f, b.root.Signer); err == nil {
		t.Error("founded without governance")
	}
	if _, err := Open(b.repo, Options{}); err == nil {
		t.Error("opened without trust")
	}
}

func TestRotateKey(t *testing.T) {
	b := newBench(t)
	second := gitrepotest.NewKey(t, "second")
	v := b.refresh()
	add := ledger.KeyChange{Add: second.Public.String(), Reason: "yearly"}
	v, err := b.ledger.RotateKey(t.Context(), v, b.now, add, b.daemon.Signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ledger.RotateKey(t.Context(), v, b.now, ledger.KeyChange{Revoke: b.daemon.Public.String(), Reason: "lost"}, second.Signer); err == nil {
		t.Error("a daemon's key revoked another")
	}
	if _, err := b.ledger.RotateKey(t.Context(), v, b.now, ledger.KeyChange{Add: gitrepotest.NewKey(t, "third").Public.String(), Reason: "x"}, gitrepotest.NewKey(t, "mallory").Signer); err == nil {
		t.Error("a foreign key added another")
	}
	if _, err := b.ledger.RotateKey(t.Context(), v, b.now, ledger.KeyChange{Add: second.Public.String()}, b.root.Signer); err == nil {
		t.Error("a change of keys without a reason")
	}
	if v, err = b.ledger.RotateKey(t.Context(), v, b.now, ledger.KeyChange{Revoke: b.daemon.Public.String(), Reason: "lost"}, b.root.Signer); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.ledger.Append(t.Context(), v, b.now, incident); err == nil {
		t.Error("a revoked key appended")
	}
	b.daemon = second
	b.ledger = b.open(gitrepotest.Open(t, b.remote))
	b.repo = b.ledger.repo
	b.append(incident)
	if v := b.refresh(); v.Frozen != nil || len(v.Root().Keys) != 2 {
		t.Errorf("frozen: %v, keys: %+v", v.Frozen, v.Root().Keys)
	}
	if r := must(Verify(t.Context(), b.repo, b.trust, nil, Replay{})); len(r.Findings) != 0 {
		t.Errorf("findings: %+v", r.Findings)
	}
}

// TestAdoptMain ends the freeze after the catalog was rewritten.
func TestAdoptMain(t *testing.T) {
	b := newBench(t)
	v := b.refresh()
	next := b.remote.Commit("main", gitrepotest.Change{Write: map[string]string{"x": "y"}})
	must(b.repo.Fetch(t.Context()))
	if f := must(b.ledger.Main(t.Context(), v, next)); f != nil {
		t.Errorf("a tip that continues: %v", f)
	}
	b.remote.SetRef("refs/heads/main", "")
	other := b.remote.Commit("main", gitrepotest.Change{Write: map[string]string{"catalog.yaml": "kind: Catalog\n"}})
	must(b.repo.Fetch(t.Context()))
	if f := must(b.ledger.Main(t.Context(), v, other)); f == nil || f.Fault != FaultMain {
		t.Errorf("a tip that was rewritten: %v", f)
	}
	files := must(b.repo.Files(t.Context(), other))
	keep := must(KeepGovernance(t.Context(), files))
	if _, err := b.ledger.Adopt(t.Context(), b.now, ledger.Adoption{Main: other, Reason: "x"}, b.daemon.Signer); err == nil {
		t.Error("the daemon adopted")
	}
	if _, err := b.ledger.Adopt(t.Context(), b.now, ledger.Adoption{Main: other}, b.root.Signer); err == nil {
		t.Error("adopted without a reason")
	}
	v, err := b.ledger.Adopt(t.Context(), b.now, ledger.Adoption{Main: other, Governance: "g1:2", Reason: "history was cleaned"}, b.root.Signer, keep...)
	if err != nil {
		t.Fatal(err)
	}
	if f := must(b.ledger.Main(t.Context(), v, other)); f != nil || v.Root().Governing.Commit != other || v.Root().Governing.Digest != "g1:2" {
		t.Errorf("after the adoption: %v, %+v", f, v.Root())
	}
	if got := must(v.Governance().List(t.Context(), "")); len(got) != 1 || got[0].Path != "catalog.yaml" {
		t.Errorf("governance is %v", got)
	}
	b.append(incident)
	if v := must(b.open(gitrepotest.Open(t, b.remote)).Refresh(t.Context())); v.Frozen != nil {
		t.Error(v.Frozen)
	}
}

// TestAdoptTip starts again from a good tip after the ledger was reset, for every
// reader, with what they remember.
func TestAdoptTip(t *testing.T) {
	for name, reset := range map[string]func(b *bench, a *attacker){
		"dropped": func(b *bench, a *attacker) {
			b.remote.SetRef("refs/heads/"+DefaultBranch, string(a.parents(a.tip, 2)))
		},
		"deleted": func(b *bench, a *attacker) { b.remote.SetRef("refs/heads/"+DefaultBranch, "") },
		"forged": func(b *bench, a *attacker) {
			w := a.writer(a.tip, gitrepotest.NewKey(b.t, "mallory"))
			a.write(w, incident)
			a.push(w.batch)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.story()
			good := b.refresh()
			watching := b.open(gitrepotest.Open(t, b.remote))
			must(watching.Refresh(t.Context()))
			a := newAttacker(b)
			reset(b, a)
			must(watching.repo.Fetch(t.Context()))
			if v := must(watching.Refresh(t.Context())); v.Frozen == nil {
				t.Fatal("it is not frozen")
			}

			// Everything that was known last is there: nothing is given up.
			b.refresh()
			if _, err := b.ledger.Adopt(t.Context(), b.now, ledger.Adoption{Reason: "x"}, b.root.Signer); !errors.Is(err, ErrFrozen) {
				t.Errorf("adopted a frozen ledger as it is: %v", err)
			}
			v, err := b.ledger.Adopt(t.Context(), b.now, ledger.Adoption{Tip: good.Tip, Reason: "the branch was reset"}, b.root.Signer)
			if err != nil {
				t.Fatal(err)
			}
			b.agree(t, v, watching)

			// An older tip gives up what came after it, and apps that it did not know.
			late := incident
			late.Subject = "late"
			v = b.append(late)
			must(watching.repo.Fetch(t.Context()))
			must(watching.Refresh(t.Context()))
			older := a.parents(good.Tip, 3)
			for _, l := range []*Ledger{b.ledger, watching} {
				must(l.repo.Fetch(t.Context()))
			}
			v, err = b.ledger.Adopt(t.Context(), b.now, ledger.Adoption{Tip: older, GivenUp: []catalog.Commit{v.Tip}, Reason: "start again"}, b.root.Signer)
			if err != nil {
				t.Fatal(err)
			}
			b.agree(t, v, watching, good.Tip)

			// What was given up excuses nothing that comes later.
			v = b.append(incident)
			b.agree(t, v, watching)
			b.remote.SetRef("refs/heads/"+DefaultBranch, string(must(b.repo.Commit(t.Context(), v.Tip)).Parents[0]))
			must(watching.repo.Fetch(t.Context()))
			if v := must(watching.Refresh(t.Context())); v.Frozen == nil || v.Frozen.Fault != FaultWitness {
				t.Errorf("after another reset the view says %v", v.Frozen)
			}
		})
	}
}

// agree wants a ledger that watched, one that starts and the verification to accept
// a view.
func (b *bench) agree(t *testing.T, want *View, watching *Ledger, witnesses ...catalog.Commit) {
	t.Helper()
	must(watching.repo.Fetch(t.Context()))
	for _, l := range []*Ledger{b.ledger, watching, b.open(watching.repo)} {
		must(l.repo.Fetch(t.Context()))
		v := must(l.Refresh(t.Context(), witnesses...))
		if v.Frozen != nil {
			t.Fatal(v.Frozen)
		}
		compare(t, want, v)
	}
	var told []Witness
	for _, tip := range witnesses {
		told = append(told, Witness{Where: "a test", Tip: tip})
	}
	if r := must(Verify(t.Context(), watching.repo, b.trust, nil, Replay{}, told...)); len(r.Findings) != 0 {
		t.Errorf("findings: %+v", r.Findings)
	}
}

func TestClaims(t *testing.T) {
	b := newBench(t)
	effect := ledger.NewEffect("apply", "production", string(digestA))
	if strings.ContainsAny(string(ledger.NewEffect("a", "b\nc")), "\n") {
		t.Error("an effect has two lines")
	}
	v := b.refresh()
	if !v.Claimable("expense", effect, b.now) {
		t.Error("what nobody claimed cannot be claimed")
	}
	if _, ok := v.Held("expense", effect, "one", b.now); ok {
		t.Error("what nobody claimed is held")
	}
	now := b.now
	v, _, err := b.ledger.Append(t.Context(), v, now, claimed("one", now))
	if err != nil {
		t.Fatal(err)
	}
	end := now.Add(5 * time.Minute)
	for _, test := range []struct {
		holder          string
		at              time.Time
		held, claimable bool
	}{
		{"one", now, true, false},
		{"one", end.Add(-time.Second), true, false},
		{"two", now, false, false},
		{"one", end, false, true},
		{"two", end, false, true},
	} {
		c, held := v.Held("expense", effect, test.holder, test.at)
		if held != test.held || held && c.Seq != 2 || v.Claimable("expense", effect, test.at) != test.claimable {
			t.Errorf("%s at %s: held %v", test.holder, test.at, held)
		}
	}
	frozen := *v
	frozen.Frozen = &Finding{}
	if _, ok := frozen.Held("expense", effect, "one", now); ok {
		t.Error("a frozen view lets act")
	}
	if got := b.append(decided("42", digestA, "deny")).Touching("42"); len(got) != 1 || got[0] != "expense" {
		t.Errorf("the change touches %v", got)
	}
}
