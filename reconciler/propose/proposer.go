package propose

import (
	"context"
	"log/slog"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/work"
)

// Proposer opens the changes that the daemon itself asks for. It is used by passes, one at
// a time.
type Proposer struct {
	forge  forge.Forge
	branch string
	work   *work.Claimed
	log    *slog.Logger

	failures map[ledger.Effect]int       // how often in a row one could not be opened, by effect
	again    map[ledger.Effect]time.Time // when to try it again
	open     map[string]bool             // of changes that the forge was asked about, whether they are
	claimed  []Proposal                  // to be opened once the claim has landed
}

// New opens changes on a forge for the catalog's branch.
func New(f forge.Forge, branch string, w *work.Claimed, log *slog.Logger) *Proposer {
	return &Proposer{
		forge: f, branch: branch, work: w, log: log,
		failures: map[ledger.Effect]int{}, again: map[ledger.Effect]time.Time{}, open: map[string]bool{},
	}
}

// Drop forgets what was claimed by a pass that did not come to its end.
func (q *Proposer) Drop() { q.claimed = nil }

// ClaimHeld claims to open a change for content of apps, and of governance, that is held
// and lacks nothing but approvals.
func (q *Proposer) ClaimHeld(ctx context.Context, s *session.Session, b *judge.Judge, apps []string) error {
	var claims []ledger.Entry
	for _, name := range append([]string{catalog.Governance}, apps...) {
		state, _ := s.View.App(name)
		x, ok := Held(b, state, q.branch)
		if !ok || s.Now.Before(q.again[x.Effect]) || q.work.Jobs.Busy(string(x.Effect), 0) {
			continue
		}
		if opened, err := Opened(ctx, s.View, name, x.Effect, state.Held.At); err != nil {
			return err
		} else if len(opened) > 0 {
			continue
		}
		if !s.View.Claimable(name, x.Effect, s.Now) {
			q.work.Agenda.TryAgain(name, state.Claims[x.Effect].Until)
			continue
		}
		q.claimed = append(q.claimed, x)
		claims = append(claims, x.Claim(s))
	}
	return s.Note(ctx, claims)
}

// ClaimRetirement claims to open the one change that asks for what is over the caps. While
// it is open no other is; what it asked for once and did not get is not asked for again.
func (q *Proposer) ClaimRetirement(ctx context.Context, s *session.Session, t lifecycle.Timetable, over []lifecycle.Candidate) error {
	if len(over) == 0 {
		return nil
	}
	x := Retirement(t, q.branch, over)
	last, same, err := LastRetirement(ctx, s.View, x)
	if err != nil || same || q.work.Jobs.Busy(string(x.Effect), 0) || !s.View.Claimable(catalog.Governance, x.Effect, s.Now) {
		return err
	}
	if last != "" {
		open, known := q.open[last]
		delete(q.open, last) // by the next time it may have been closed
		if !known {
			q.find(ctx, last, over[0].Review.Name())
		}
		if open || !known {
			return nil
		}
	}
	q.log.Warn("more apps than the caps allow are due; asking for approval", "apps", len(over))
	q.claimed = append(q.claimed, x)
	return s.Note(ctx, []ledger.Entry{x.Claim(s)})
}

// find asks the forge whether a change is open, beside the passes, and has an app looked at
// once it is known.
func (q *Proposer) find(ctx context.Context, change, app string) {
	q.work.Jobs.Start(ctx, work.Job[work.Outcome]{Lane: work.ForgeLane, Key: "find " + change, Do: func(ctx context.Context, _ time.Time) work.Outcome {
		c, err := q.forge.Change(ctx, change)
		return func(now time.Time) []ledger.Entry {
			if err != nil {
				q.log.Error("it could not be told whether a change is open; trying again", "change", change, "error", err)
				q.work.Agenda.Retry(app, now)
				return nil
			}
			q.open[change] = c.Open
			q.work.Agenda.TryAgain(app, now)
			return nil
		}
	}})
}

// Start begins to open the changes that were claimed.
func (q *Proposer) Start(ctx context.Context, s *session.Session) {
	for _, x := range q.claimed {
		claim, ok := s.View.Held(x.Subject, x.Effect, s.Holder, s.Now)
		if !ok {
			q.work.Agenda.TryAgain(x.Subject, s.Now.Add(s.ClaimFor))
			continue
		}
		do := func(ctx context.Context, _ time.Time) work.Outcome {
			var receipt forge.Receipt
			err := parallel.Guard(q.log, "opening a change for", x.Subject, func() (err error) {
				receipt, err = q.forge.Do(ctx, forge.Action{Propose: &x.Change})
				return err
			})
			return func(now time.Time) []ledger.Entry {
				if err != nil {
					q.failed(x, err, now)
				}
				return []ledger.Entry{x.Receipt(claim, receipt.ID, err)}
			}
		}
		q.work.Begin(ctx, s.Now, claim, work.Job[work.Outcome]{Lane: work.ForgeLane, Key: string(x.Effect), Stamp: claim.Seq, Subject: x.Subject, Effect: x.Effect, Do: do})
	}
	q.claimed = nil
}

// failed has a change that could not be opened asked for again after a while.
func (q *Proposer) failed(x Proposal, err error, now time.Time) {
	q.log.Error("a change could not be opened", "title", x.Change.Title, "error", err)
	at := now.Add(work.Pause(q.failures[x.Effect]))
	q.failures[x.Effect]++
	q.again[x.Effect] = at
	q.work.Agenda.TryAgain(x.Subject, at)
}
