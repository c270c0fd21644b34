package reconciler

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/notice"
	"github.com/levee-gitops/levee/reconciler/work"
)

// review is the third loop: what the reasons of the apps looked at lead to is worked
// out, bounded by the caps, and recorded. It destroys nothing itself. An app that
// is to go down differs from what its target holds, and the second loop applies
// that; what is to be said is claimed, and said once the claims have landed.
//
//	reasons → stages → caps → transitions, claims of notices
func (p *pass) review(ctx context.Context, b *judge.Judge, reviews []*lifecycle.Review) ([]notice.Outgoing, error) {
	t, err := lifecycle.NewTimetable(b.Rules.Settings(), p.Now)
	if err != nil {
		p.r.Log.Error("the scheduled reviews cannot run, so nothing is taken down", "error", err)
		return nil, nil
	}
	p.out.Wake = work.Earliest(p.out.Wake, t.Next())
	if newest := p.View.Root().At; p.Now.Add(MaxSkew).Before(newest) {
		p.r.Log.Warn("the clock is behind the ledger, so the scheduled reviews wait; set it right, or if the ledger is ahead, accept the clock with `levee ledger adopt`", "clock", p.Now, "ledger", newest)
		return nil, nil
	}
	var entries []ledger.Entry
	var notices []notice.Outgoing
	var batch []lifecycle.Candidate
	for _, r := range reviews {
		o := r.Outcome(t)
		p.r.work.Agenda.WakeToo(r.Name(), o.Wake)
		if o.Move != nil {
			entries = append(entries, p.move(r.Name(), *o.Move))
		}
		if o.Disable != nil {
			batch = append(batch, lifecycle.Candidate{Review: r, Reason: *o.Disable})
		}
		for _, a := range o.Announce {
			notices = append(notices, p.r.notices.Of(t, r, a)...)
		}
	}
	allowed, over := lifecycle.Within(b.Lifecycle(), t, p.View.Root().Disabled, batch)
	for _, c := range allowed {
		if c.Review.Ready(t, c.Reason) {
			entries = append(entries, p.move(c.Review.Name(), c.Review.Disable(c.Reason)))
			p.r.work.Agenda.WakeToo(c.Review.Name(), p.Now)
			continue
		}
		for _, a := range c.Review.FinalAgain(t, c.Reason) {
			notices = append(notices, p.r.notices.Of(t, c.Review, a)...)
		}
	}
	if err := p.Note(ctx, entries); err != nil {
		return nil, err
	}
	if err := p.r.asking.ClaimRetirement(ctx, p.Session, t, over); err != nil {
		return nil, err
	}
	return p.r.notices.Claim(ctx, p.Session, notices)
}

// Moved is an app that went from one stage to another.
type Moved struct {
	App   string       `json:"app"`
	From  ledger.Stage `json:"from"`
	To    ledger.Stage `json:"to"`
	Cause string       `json:"cause"`
	Undo  string       `json:"undo,omitempty"`
}

func (p *pass) move(app string, m ledger.Transition) ledger.Entry {
	p.stages = append(p.stages, Moved{app, m.From, m.To, m.Cause, m.Undo})
	return lifecycle.TransitionEntry(app, m)
}

// MaxSkew is how far the clocks of two replicas, or of a replica and a target, may be apart.
const MaxSkew = time.Minute

// withDue adds the apps that are due to those that are looked at, once one of them
// is: whether one may go down depends on how many would.
func (p *pass) withDue(names map[string]bool) {
	due := func(name string) bool {
		state, _ := p.View.App(name)
		return state.Stage == ledger.Due
	}
	if !slices.ContainsFunc(slices.Sorted(maps.Keys(names)), due) {
		return
	}
	for state := range p.View.States() {
		if state.Stage == ledger.Due {
			names[state.Name] = true
		}
	}
}
