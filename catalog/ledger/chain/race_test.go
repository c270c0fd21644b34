package chain

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// A replica does random things to the ledger, as long as what it sees allows them.
type replica struct {
	t      *testing.T
	name   string
	rand   *rand.Rand
	ledger *Ledger
	won    map[ledger.Effect]int // claims that landed to effects that are never given free
	lost   int                   // pushes
}

// wishes are what the replica would record on top of a view. They are worked out
// from the view alone, so after a lost race they are worked out again.
func (r *replica) wishes(v *View, now time.Time) []ledger.Entry {
	app := fmt.Sprint("app-", r.rand.IntN(5))
	change := fmt.Sprint(r.rand.IntN(4))
	d := catalog.Digest(fmt.Sprintf("c1:%064x", r.rand.IntN(3)))
	a, _ := v.App(app)
	effect := ledger.NewEffect([]string{"apply", "once"}[r.rand.IntN(2)], app, fmt.Sprint(r.rand.IntN(9)))
	switch r.rand.IntN(9) {
	case 0:
		return []ledger.Entry{{Kind: ledger.KindDecision, Subject: app, Body: ledger.Decision{Change: change, Digest: d, Verdict: "deny", Brief: []byte("{}"), Decision: []byte("{}")}}}
	case 1:
		return []ledger.Entry{{Kind: ledger.KindApproval, Subject: app, Body: catalog.Approval{
			ID: fmt.Sprint(r.rand.IntN(20)), Change: change, Subject: app, Digest: d, Person: "ana", Review: catalog.Approve, At: now,
		}}}
	case 2:
		return []ledger.Entry{{Kind: ledger.KindClosure, Subject: ledger.SubjectLedger, Body: ledger.Closure{Change: change, Apps: v.Touching(change)}}}
	case 3:
		return []ledger.Entry{
			{Kind: ledger.KindDecision, Subject: app, Body: ledger.Decision{Digest: d, Verdict: "allow", Brief: []byte("{}"), Decision: []byte("{}")}},
			{Kind: ledger.KindAdmission, Subject: app, Body: ledger.Admission{Environment: "production", Digest: d}},
		}
	case 4:
		return []ledger.Entry{{Kind: ledger.KindDecision, Subject: app, Body: ledger.Decision{
			Environment: "production", Digest: d, Verdict: "deny", Denied: []string{fmt.Sprint("rule-", r.rand.IntN(3))}, Brief: []byte("{}"), Decision: []byte("{}"),
		}}}
	case 5:
		to := map[ledger.Stage]ledger.Stage{ledger.Active: ledger.Due, ledger.Due: ledger.Archived, ledger.Archived: ledger.Tombstoned, ledger.Tombstoned: ledger.Active}[a.Stage]
		return []ledger.Entry{{Kind: ledger.KindTransition, Subject: app, Body: ledger.Transition{From: a.Stage, To: to, Epoch: ledger.NewEpoch(change)}}}
	case 6:
		var list []ledger.Entry
		for _, name := range slices.Sorted(maps.Keys(a.Claims)) {
			if c := a.Claims[name]; c.Holder == r.name && strings.HasPrefix(string(name), "apply") {
				list = append(list, ledger.Entry{Kind: ledger.KindReceipt, Subject: app, Body: ledger.Receipt{Effect: name, Outcome: "done", Claim: c.Seq}})
			}
		}
		return list
	case 7:
		return []ledger.Entry{{Kind: ledger.KindNotice, Subject: app, Body: ledger.Notice{Key: change, Epoch: ledger.NewEpoch(change), At: now}}}
	}
	if !v.Claimable(app, effect, now) {
		return nil
	}
	return []ledger.Entry{{Kind: ledger.KindClaim, Subject: app, Body: ledger.NewClaim(effect, r.name, now, 1000*time.Hour)}}
}

func (r *replica) step(now time.Time) {
	for {
		must(r.ledger.repo.Fetch(r.t.Context()))
		v := must(r.ledger.Refresh(r.t.Context()))
		if v.Frozen != nil {
			r.t.Error(v.Frozen)
			return
		}
		entries := r.wishes(v, now)
		if len(entries) == 0 {
			return
		}
		next, records, err := r.ledger.Append(r.t.Context(), v, now, entries...)
		if errors.Is(err, gitrepo.ErrStale) {
			r.lost++
			continue
		}
		if err != nil || len(records) != len(entries) {
			r.t.Errorf("%s: %v", r.name, err)
			return
		}
		for _, e := range entries {
			if c, ok := e.Body.(ledger.Claim); ok {
				if _, held := next.Held(e.Subject, c.Effect, r.name, now); !held {
					r.t.Errorf("%s landed a claim to %s and does not hold it", r.name, c.Effect)
				}
				if strings.HasPrefix(string(c.Effect), "once") {
					r.won[c.Effect]++
				}
			}
		}
		return
	}
}

// TestRace lets two replicas race with random records on one repository. The state
// must be the fold of all records from nothing, the ledger in order, and no effect
// claimed by both.
func TestRace(t *testing.T) {
	const steps = 60
	b := newBench(t)
	var replicas []*replica
	var wg sync.WaitGroup
	for i := range 2 {
		r := &replica{
			t: t, name: fmt.Sprint("replica-", i), rand: rand.New(rand.NewPCG(7, uint64(i))), won: map[ledger.Effect]int{},
			ledger: b.open(gitrepotest.Open(t, b.remote)),
		}
		replicas = append(replicas, r)
		wg.Go(func() {
			for n := range steps {
				r.step(start.Add(time.Duration(n) * time.Minute))
			}
		})
	}
	wg.Wait()
	for effect, n := range replicas[0].won {
		if n > 1 || replicas[1].won[effect] > 0 {
			t.Errorf("%s was claimed by both", effect)
		}
	}
	t.Logf("%d and %d pushes were lost; %d and %d claims won", replicas[0].lost, replicas[1].lost, len(replicas[0].won), len(replicas[1].won))

	v := b.refresh()
	if v.Frozen != nil {
		t.Fatal(v.Frozen)
	}
	if r := must(Verify(t.Context(), b.repo, b.trust, nil, Replay{})); len(r.Findings) != 0 {
		t.Errorf("findings: %+v", r.Findings)
	}
	compare(t, v, b.fromNothing(v))
}

// fromNothing folds all records of a view without looking at any state.
func (b *bench) fromNothing(v *View) *View {
	b.t.Helper()
	var records []ledger.Record
	for _, kind := range []ledger.Kind{
		ledger.KindGenesis, ledger.KindKey, ledger.KindAdoption, ledger.KindApproval, ledger.KindDecision, ledger.KindAdmission, ledger.KindClaim, ledger.KindReceipt,
		ledger.KindHealth, ledger.KindNotice, ledger.KindIncident, ledger.KindTransition, ledger.KindLanding, ledger.KindClosure, ledger.KindCheckpoint,
	} {
		folder, _ := folderOf(kind)
		records = append(records, must(readFolder(b.t.Context(), v.files, folder))...)
	}
	slices.SortFunc(records, func(x, y ledger.Record) int { return int(x.Seq - y.Seq) })
	if int64(len(records)) != v.root.Seq {
		b.t.Errorf("there are %d records, and the last is %d", len(records), v.root.Seq)
	}
	var root ledger.Root
	apps := newStates()
	for _, r := range records {
		next, touched, err := ledger.Fold(root, func(name string) (ledger.App, error) { a, _ := apps.get(name); return a, nil }, r)
		if err != nil {
			b.t.Fatalf("record %d: %v", r.Seq, err)
		}
		root, apps = next, apps.put(touched...)
	}
	root.Commits = int64(len(must(b.repo.FirstParents(b.t.Context(), "", v.Tip))))
	return &View{Tip: v.Tip, files: v.files, root: root, apps: apps}
}
