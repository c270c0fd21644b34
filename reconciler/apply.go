package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/deploy"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/notice"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

// Applied says what a pass of the second loop did.
type Applied struct {
	Main        catalog.Commit  `json:"main"`                  // the tip of the catalog's branch
	Frozen      string          `json:"frozen,omitempty"`      // why nothing new was admitted or applied; empty if it was
	Unreachable bool            `json:"unreachable,omitempty"` // that is so because the repository could not be asked, and nobody is distrusted
	Landings    int             `json:"landings"`              // landings decided
	Unread      bool            `json:"-"`                     // something landed about which the forge is being asked
	Records     int             `json:"records"`
	Pushes      int             `json:"pushes"`
	Evaluated   int64           `json:"evaluated"` // rules evaluated
	Apps        []string        `json:"apps"`
	Effects     []deploy.Effect `json:"effects"`
	Stages      []Moved         `json:"stages"`         // of apps whose life went on
	Notices     []notice.Told   `json:"notices"`        // delivered
	Unsent      int             `json:"unsent"`         // notices that could not be sent
	Left        int             `json:"left,omitempty"` // apps that wait for their turn
	Wake        time.Time       `json:"wake,omitzero"`  // when to look again even if nothing happens; zero for never
}

// Halted is one word for why nothing new is done, or empty.
func (a Applied) Halted() string {
	switch {
	case a.Frozen == "":
		return ""
	case a.Unreachable:
		return "unreachable"
	}
	return "frozen"
}

// Failed counts the effects that failed.
func (a Applied) Failed() int {
	n := 0
	for _, e := range a.Effects {
		if e.Error != "" {
			n++
		}
	}
	return n
}

// step makes one pass of the second loop: what landed is decided and recorded, and what
// was admitted is begun to be driven into its targets, in the order of environments. What
// it begins goes on beside it. It is safe to kill at any instruction and to repeat.
//
//	fetch → view → what differs → decisions, admissions, claims → effects
func (r *Reconciler) step(ctx context.Context) (Applied, error) {
	r.Witnesses.Ask(ctx, r.Now())
	r.sessions.Writing.Lock()
	defer r.sessions.Writing.Unlock()
	before := r.Engine.Evaluated()
	p := r.newPass(r.Now())
	err := parallel.Guard(r.Log, "a pass", r.Branch, func() error { return p.run(ctx) })
	if parallel.IsPanic(err) {
		r.last, r.known = seen{}, nil // nobody knows how far it came
	}
	p.out.Evaluated = r.Engine.Evaluated() - before
	if err != nil {
		return p.out, fmt.Errorf("apply the catalog: %w", err)
	}
	return p.out, nil
}

// apply makes passes until nothing is under way that they began. The error is the last
// one's: what could not be told at first may have been told since.
func (r *Reconciler) apply(ctx context.Context) (all Applied, err error) {
	for {
		out, err := r.step(ctx)
		all.add(out)
		waited, cancel := context.WithTimeout(ctx, r.ClaimFor/2) // then claims are renewed
		more := r.work.Jobs.WaitAll(waited)
		cancel()
		if ctx.Err() != nil || !more && (out.Left == 0 || out.Frozen != "" || err != nil) {
			last, unsettled := r.settled(ctx)
			last.Main, last.Frozen, last.Unreachable, last.Wake, last.Left = all.Main, all.Frozen, all.Unreachable, all.Wake, all.Left
			all.add(last)
			return all, errors.Join(err, unsettled)
		}
	}
}

// reconcile looks at the apps that could have something to do, as many as there is room
// for, records what follows, and returns the effects this replica may do once their claims
// have landed, and what it may say.
func (p *pass) reconcile(ctx context.Context) (deploy.Effects, []notice.Outgoing, error) {
	if p.atRest() {
		return nil, nil, nil
	}
	b, err := p.r.judges.At(ctx, p.Session, p.Tip)
	if err != nil {
		return nil, nil, err
	}
	apps, err := p.toLookAt(ctx, b)
	if err != nil {
		return nil, nil, err
	}
	results := make([]judge.Outcome, len(apps))
	parallel.Each(len(apps), func(i int) {
		err := parallel.Guard(p.r.Log, "looking at an app", apps[i], func() error {
			results[i] = b.Consider(ctx, p.View, apps[i])
			return nil
		})
		if err != nil {
			results[i] = judge.Outcome{App: apps[i], Trouble: err}
		}
	})
	agenda := p.r.work.Agenda
	var entries []ledger.Entry
	var reviews []*lifecycle.Review
	for _, c := range results {
		entries = append(entries, c.Entries...)
		agenda.Wake(c.App, c.Wake)
		if c.Review != nil {
			reviews = append(reviews, c.Review)
		}
		if c.Contain != "" {
			p.r.Contain.ByRule(ctx, b.Rules.Settings().Environments, c.App, c.Contain, p.Now)
		}
		if c.Trouble != nil {
			p.r.Log.Error("an app could not be looked at", "app", c.App, "error", c.Trouble)
			agenda.Retry(c.App, p.Now)
		}
	}
	p.out.Apps = apps
	if err := p.Note(ctx, entries); err != nil {
		return nil, nil, err
	}
	notices, err := p.review(ctx, b, reviews)
	if err != nil {
		return nil, nil, err
	}
	if err := p.r.asking.ClaimHeld(ctx, p.Session, b, apps); err != nil {
		return nil, nil, err
	}
	p.r.last = seen{Main: p.Tip, Governing: b.Governing.Commit(), Policy: b.Rules.Digest()}
	effects, claims := p.r.Deploy.Claim(ctx, p.Session, b, apps)
	return effects, notices, p.Note(ctx, claims)
}
