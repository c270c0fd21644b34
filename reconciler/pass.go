package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/session"
)

// pass is one pass, from one fetch on.
type pass struct {
	*session.Session
	r   *Reconciler
	out Applied

	landings int     // decided and not pushed yet
	stages   []Moved // likewise

	proposals []proposal
	untold    error // why the forge could not tell what landed; all else goes on
}

func (r *Reconciler) newPass(now time.Time) *pass {
	return &pass{r: r, Session: r.source.New(now)}
}

func (p *pass) run(ctx context.Context) error {
	_, err := session.Retried(func() (struct{}, error) {
		err := p.once(ctx)
		if err != nil {
			// Nobody knows what was recorded: look at everything again. What was only noted did not happen.
			p.r.last, p.r.known, p.proposals = seen{}, nil, nil
			p.landings, p.stages = 0, nil
			p.Discard()
		}
		return struct{}{}, err
	})
	p.out.Main, p.out.Frozen, p.out.Unreachable = p.Tip, p.Frozen, p.Unreachable != nil
	p.out.Records, p.out.Pushes, p.out.Left = p.Records, p.Pushes, len(p.r.queue)
	return errors.Join(err, p.untold)
}

// once makes one pass. What it starts goes on after it, and is settled by a later one.
//
//	what came of jobs, what landed, what differs → records → one push → jobs
func (p *pass) once(ctx context.Context) error {
	if err := p.look(ctx); err != nil {
		return err
	}
	p.settle()
	if p.Frozen != "" {
		return errors.Join(p.driftWhileFrozen(ctx), p.observe(ctx), p.Unreachable)
	}
	p.recall()
	if err := p.recordOutcomes(ctx); err != nil {
		return err
	}
	if err := p.landAll(ctx); err != nil {
		return err
	}
	if p.untold != nil {
		p.Tip = p.View.Root().Main // what came after waits; all else goes on as of that
	}
	effects, tellings, err := p.reconcile(ctx)
	if err != nil {
		return err
	}
	drifted, err := p.drift(ctx, effects)
	if err != nil {
		return err
	}
	if err := p.Note(ctx, p.renewals()); err != nil {
		return err
	}
	if err := p.push(ctx); err != nil {
		return err
	}
	p.renewed()
	p.start(ctx, append(effects, drifted...))
	p.startTellings(ctx, tellings)
	p.startProposals(ctx)
	p.r.known, p.r.last.Ledger = p.Seen, p.Seen.Tip
	return p.observe(ctx)
}

// look is the session's, and holds the ledger against what targets say that they were
// given last.
func (p *pass) look(ctx context.Context) error {
	if err := p.Look(ctx, p.r.witnessed()...); err != nil || p.Frozen != "" {
		return err
	}
	p.r.setWitnesses(nil) // it contains them
	return p.checkWitnesses(ctx)
}

// landAll decides what landed since the last accepted tip, oldest first. It stops at
// what the forge cannot tell about, as when it is away.
func (p *pass) landAll(ctx context.Context) error {
	before := p.View
	for {
		landed, untold := p.nextLanding(ctx)
		if untold != nil || landed == nil {
			p.untold = untold
			return nil
		}
		change, untold := p.changeOf(ctx, landed.change)
		if untold != nil {
			p.untold = untold
			return nil
		}
		if err := p.land(ctx, *landed, change); errors.Is(err, gitrepo.ErrStale) || ctx.Err() != nil {
			return err
		} else if err != nil {
			// What runs is looked after all the same.
			p.untold = fmt.Errorf("decide what landed as %s: %w", landed.to.Short(), err)
			if p.Recover(before) {
				p.landings = 0
			}
			return nil
		}
	}
}

// push lands what was noted: what came of jobs, what is decided and admitted, and claims
// of what is begun next.
func (p *pass) push(ctx context.Context) error {
	if err := p.Push(ctx); err != nil {
		return err
	}
	p.r.unrecorded = nil
	p.out.Landings += p.landings
	p.out.Stages = append(p.out.Stages, p.stages...)
	p.landings, p.stages = 0, nil
	return nil
}
