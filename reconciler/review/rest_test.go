package review

import (
	"fmt"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
)

// TestSlots: each change has one moment in every period, and those of a hundred changes with
// neighbouring numbers are spread over it.
func TestSlots(t *testing.T) {
	start := time.Date(2026, 4, 2, 9, 3, 0, 0, time.UTC)
	minutes := map[int]int{}
	for n := range 100 {
		id := fmt.Sprint(n + 1)
		at := slot(id, Every, start)
		if !at.After(start) || at.After(start.Add(Every)) {
			t.Fatalf("the change %s is read at %s", id, at)
		}
		if next := slot(id, Every, at); next != at.Add(Every) {
			t.Errorf("the change %s is read at %s, and then at %s", id, at, next)
		}
		minutes[int(at.Sub(start)/time.Minute)]++
	}
	for minute, n := range minutes {
		if n > 20 {
			t.Errorf("%d of 100 changes are read in the minute %d", n, minute)
		}
	}
}

// TestRests: until when a change rests after a review, and after which review it does not.
func TestRests(t *testing.T) {
	now := time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
	never := 1000 * time.Hour
	for name, c := range map[string]struct {
		out      Reviewed
		merge    bool
		refused  time.Duration
		want     time.Duration // from now; zero for the change's own slot
		restless bool
	}{
		"nothing follows":              {out: Reviewed{State: forge.Pending}},
		"a decision ends":              {out: Reviewed{State: forge.Pending, Decisions: []policies.Decision{{Until: now.Add(time.Hour)}, {Until: now.Add(time.Minute)}}}, want: time.Minute},
		"the rules could not tell":     {out: Reviewed{State: forge.Trouble}, want: troubleFor},
		"people merge":                 {out: Reviewed{State: forge.Success}},
		"it could be landed":           {out: Reviewed{State: forge.Success}, merge: true, restless: true},
		"the forge refused to land it": {out: Reviewed{State: forge.Success}, merge: true, refused: 30 * time.Second, want: 30 * time.Second},
		"it landed":                    {out: Reviewed{State: forge.Success, Landed: "c"}, restless: true},
		"it was closed":                {out: Reviewed{Closed: true}, restless: true},
		"the ledger is frozen":         {out: Reviewed{Frozen: "rewritten"}, restless: true},
	} {
		t.Run(name, func(t *testing.T) {
			hub := noForge{}
			r := &Reviewer{Forge: hub, MergeWhenApproved: c.merge, ReadEvery: never}
			v := &review{by: r, Session: &session.Session{Source: &session.Source{}, View: &chain.View{}, Now: now}, out: c.out, judge: &judge.Judge{}, subjects: make([]subject, 1)}
			v.out.Change, v.change.ID, v.change.Head = "7", "7", "h"
			if c.refused > 0 {
				r.refuse("7", refusal{head: "h", until: now.Add(c.refused)})
			}
			until, rests := v.rests()
			want := now.Add(c.want)
			if c.want == 0 {
				want = slot("7", never, now)
			}
			if rests == c.restless || rests && !until.Equal(want) {
				t.Errorf("it rests: %t, until %s; want %s", rests, until, want)
			}
		})
	}
}

// noForge has no abilities; nothing else is asked of it.
type noForge struct{ forge.Forge }

func (noForge) Can() map[forge.Ability]bool { return nil }
