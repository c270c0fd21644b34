package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
)

// recordOutcomes notes what came of jobs. What the ledger refuses, as when another replica
// has taken over since, is given up; then everything is looked at again.
func (p *pass) recordOutcomes(ctx context.Context) error {
	before := p.View
	err := p.Note(ctx, p.r.work.Unrecorded())
	if errors.Is(err, ledger.ErrInvalid) && p.Recover(before) {
		p.r.Log.Error("what was done cannot be recorded, and is looked at again", "error", err)
		p.r.work.Recorded()
		p.r.last, p.r.known = seen{}, nil
		return nil
	}
	return err
}

// settleFor is how long what is under way may take to end, once its context has.
const settleFor = 10 * time.Second

// settled records what came of everything that is under way, once it has ended. It is for
// a process that makes no further pass.
func (r *Reconciler) settled(ctx context.Context) (Applied, error) {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	r.work.Jobs.WaitAll(end)
	r.sessions.Writing.Lock()
	defer r.sessions.Writing.Unlock()
	p := r.newPass(r.Now())
	r.work.Settle(p.Now)
	p.gather()
	if len(r.work.Unrecorded()) == 0 {
		return p.out, nil
	}
	err := p.LookLocally(ctx)
	if err == nil {
		err = p.Keep(ctx, r.work.Unrecorded())
	}
	if err != nil {
		r.last, r.known = seen{}, nil
		return p.out, fmt.Errorf("record what was done: %w", err)
	}
	r.work.Recorded()
	p.out.Records, p.out.Pushes = p.Records, p.Pushes
	return p.out, nil
}
