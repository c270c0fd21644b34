package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/landing"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/work"
)

// pass is one pass, from one fetch on.
type pass struct {
	*session.Session
	r   *Reconciler
	out Applied

	landings int     // decided and not pushed yet
	stages   []Moved // likewise

	untold error // why the forge could not tell what landed; all else goes on
}

func (r *Reconciler) newPass(now time.Time) *pass {
	return &pass{r: r, Session: r.sessions.New(now)}
}

func (p *pass) run(ctx context.Context) error {
	_, err := session.Retried(func() (struct{}, error) {
		err := p.once(ctx)
		if err != nil {
			// Nobody knows what was recorded: look at everything again. What was only noted did not happen.
			p.r.last, p.r.known = seen{}, nil
			p.r.asking.Drop()
			p.landings, p.stages = 0, nil
			p.Discard()
		}
		return struct{}{}, err
	})
	p.out.Main, p.out.Frozen, p.out.Unreachable = p.Tip, p.Frozen, p.Unreachable != nil
	p.out.Records, p.out.Pushes, p.out.Left = p.Records, p.Pushes, p.r.work.Agenda.Waiting()
	p.gather()
	return errors.Join(err, p.untold)
}

// once makes one pass. What it starts goes on after it, and is settled by a later one.
//
//	what came of jobs, what landed, what differs → records → one push → jobs
func (p *pass) once(ctx context.Context) error {
	p.untold, p.out.Unread = nil, false // what an attempt before this one was told may be otherwise now
	if err := p.look(ctx); err != nil {
		return err
	}
	w, deploy := p.r.work, p.r.Deploy
	w.Settle(p.Now)
	if p.Frozen != "" {
		return errors.Join(deploy.DriftWhileFrozen(ctx, p.Session, p.r.last.Main), p.observe(ctx), p.Unreachable)
	}
	p.recall()
	if err := p.recordOutcomes(ctx); err != nil {
		return err
	}
	next, err := deploy.Health(ctx, p.Session)
	p.out.Wake = work.Earliest(p.out.Wake, next)
	if err != nil {
		return err
	}
	if err := p.landAll(ctx); err != nil {
		return err
	}
	if p.untold != nil || p.out.Unread {
		p.Tip = p.View.Root().Main // what came after waits; all else goes on as of that
	}
	effects, notices, err := p.reconcile(ctx)
	if err != nil {
		return err
	}
	drifted, err := deploy.Drift(ctx, p.Session, p.r.last.Main, effects)
	if err != nil {
		return err
	}
	renewals, next := w.Renewals(p.Now)
	p.out.Wake = work.Earliest(p.out.Wake, next)
	if err := p.Note(ctx, renewals); err != nil {
		return err
	}
	if err := p.push(ctx); err != nil {
		return err
	}
	w.Renewed(p.View, p.Now)
	deploy.Start(ctx, p.Session, append(effects, drifted...))
	p.r.notices.Start(ctx, p.Session, notices)
	p.r.asking.Start(ctx, p.Session)
	p.out.Wake = work.Earliest(p.out.Wake, p.r.rollouts.Start(ctx, p.Session))
	p.r.known, p.r.last.Ledger = p.Seen, p.Seen.Tip
	p.r.metrics.count(p.Seen)
	return p.observe(ctx)
}

// observe has the targets looked at, where that is due.
func (p *pass) observe(ctx context.Context) error {
	next, err := p.r.Deploy.Observe(ctx, p.Session)
	p.out.Wake = work.Earliest(p.out.Wake, next)
	return err
}

// gather takes what has happened since the last pass, and when to make the next.
func (p *pass) gather() {
	p.out.Effects = append(p.out.Effects, p.r.Deploy.Made()...)
	told, unsent := p.r.notices.SentSince()
	p.out.Notices, p.out.Unsent = append(p.out.Notices, told...), p.out.Unsent+unsent
	p.out.Wake = work.Earliest(p.out.Wake, p.r.work.Agenda.Next())
}

// look is the session's, and holds the ledger against what targets say that they were
// given last.
func (p *pass) look(ctx context.Context) error {
	if err := p.Look(ctx); err != nil || p.Frozen != "" {
		return err
	}
	return p.r.Witnesses.Check(ctx, p.Session)
}

// landAll decides what landed since the last accepted tip, oldest first. It stops at
// what the forge cannot tell about, as when it is away.
func (p *pass) landAll(ctx context.Context) error {
	before := p.View
	for {
		landed, untold := p.r.landings.Next(ctx, p.Session)
		if errors.Is(untold, landing.ErrUnread) {
			untold = p.readLandings(ctx)
			p.out.Unread = true
		}
		if untold != nil || landed == nil {
			p.untold = untold
			return nil
		}
		if err := p.land(ctx, *landed); errors.Is(err, gitrepo.ErrStale) || ctx.Err() != nil {
			return err
		} else if err != nil {
			// What runs is looked after all the same.
			p.untold = fmt.Errorf("decide what landed as %s: %w", landed.To.Short(), err)
			if p.Recover(before) {
				p.landings = 0
			}
			return nil
		}
	}
}

// readLandings has the forge asked about what landed, beside the passes, and a pass made
// once it has answered. It returns why it could not last time, where that is so; the pass
// that is told of it leaves the next try to a later one.
func (p *pass) readLandings(ctx context.Context) error {
	r, tip := p.r, p.Tip
	if r.unreadNews {
		r.unreadNews = false
		return r.unread
	}
	r.work.Jobs.Start(ctx, work.Job[work.Outcome]{Lane: work.ForgeLane, Key: "read landings", Do: func(ctx context.Context, _ time.Time) work.Outcome {
		s := r.Session()
		err := parallel.Guard(r.Log, "reading what landed", tip.Short(), func() error {
			if err := s.LookLocally(ctx); err != nil {
				return err
			}
			s.Tip = tip
			return r.landings.Read(ctx, s)
		})
		return func(time.Time) []ledger.Entry {
			r.unread, r.unreadNews = err, err != nil
			return nil
		}
	}})
	return r.unread
}

// land notes what is decided of one landing.
func (p *pass) land(ctx context.Context, l landing.Landing) error {
	entries, err := p.r.landings.Decide(ctx, p.Session, l)
	if err != nil {
		return err
	}
	p.landings++
	return p.Note(ctx, entries)
}

// push lands what was noted: what came of jobs, what is decided and admitted, and claims
// of what is begun next.
func (p *pass) push(ctx context.Context) error {
	if err := p.Push(ctx); err != nil {
		return err
	}
	p.r.work.Recorded()
	p.out.Landings += p.landings
	p.out.Stages = append(p.out.Stages, p.stages...)
	p.landings, p.stages = 0, nil
	return nil
}
