package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/work"
)

// outcome is what a job leads to, for the pass that is told: the records of what really
// happened. It runs while nobody else writes.
type outcome func(p *pass) []ledger.Entry

// How many effects of one target, notices and requests to the forge run at once.
const jobsAtOnce = 16

// start begins the effects whose claims this replica landed. A failure is that app's
// alone.
func (p *pass) start(ctx context.Context, effects []effect) {
	for _, e := range effects {
		claim, ok := p.View.Held(e.app, e.name(), p.r.Holder, p.Now)
		if !ok {
			continue
		}
		e.claim = claim
		p.begin(ctx, e.lane, e.key(), e.object.Fence.Admission, e.app, e.name(), claim, func(ctx context.Context) outcome {
			made, receipt := e.do(ctx, p.r.Log)
			return func(p *pass) []ledger.Entry { return p.made(e, made, receipt) }
		})
	}
}

// begin has something done under a claim that this replica landed. Where the claim ends
// before its turn comes, nothing is done, and its app is looked at again.
func (p *pass) begin(ctx context.Context, lane, key string, stamp int64, subject, effect string, claim ledger.ClaimState, do func(ctx context.Context) outcome) {
	r := p.r
	p.r.jobs.Start(ctx, work.Job[outcome]{
		Lane: lane, Key: key, Stamp: stamp, Subject: subject, Effect: effect, Claimed: p.Now, Until: claim.Until,
		Do: func(ctx context.Context, until time.Time) outcome {
			if !r.Now().Before(until) {
				return func(p *pass) []ledger.Entry {
					p.r.Log.Warn("there was no time left for an effect", "effect", effect, "app", subject)
					p.retry(subject)
					return nil
				}
			}
			return do(ctx)
		},
	})
}

// made is the record of an effect.
func (p *pass) made(e effect, made []Effect, receipt ledger.Receipt) []ledger.Entry {
	p.out.Effects = append(p.out.Effects, made...)
	if receipt.Outcome == outcomeFailed {
		p.r.Log.Error("an effect failed", "effect", e.name(), "app", e.app, "environment", e.environment, "error", receipt.Error)
		p.r.inVain[e.key()] = e.object.Fence.Admission
		p.retry(e.app)
	} else {
		delete(p.r.inVain, e.key())
		delete(p.r.failures, e.app)
	}
	return []ledger.Entry{{
		Kind: ledger.KindReceipt, Subject: e.app, Body: receipt,
		Sentence: fmt.Sprintf("%s %s in %s: %s", map[string]string{"apply": "Apply", "correct": "Correct"}[e.verb], e.app, e.environment, receipt.Outcome),
	}}
}

// settle takes what came of jobs. What has happened is so whatever else goes wrong: it is
// kept until it is recorded.
func (p *pass) settle() {
	for _, o := range p.r.jobs.Finished() {
		p.r.unrecorded = append(p.r.unrecorded, o(p)...)
	}
}

// recordOutcomes notes what came of jobs. What the ledger refuses, as when another replica
// has taken over since, is given up; then everything is looked at again.
func (p *pass) recordOutcomes(ctx context.Context) error {
	before := p.View
	err := p.Note(ctx, p.r.unrecorded)
	if errors.Is(err, ledger.ErrInvalid) && p.Recover(before) {
		p.r.Log.Error("what was done cannot be recorded, and is looked at again", "error", err)
		p.r.unrecorded, p.r.last, p.r.known = nil, seen{}, nil
		return nil
	}
	return err
}

// longestClaim is how long a renewed claim lasts at most.
const longestClaim = 30 * time.Minute

// renewals are claims to go on with what runs, well before the claims to it end. Each
// lasts as long again as the job has taken so far, so that one that does not come back
// makes few records. What only waits is not claimed anew.
func (p *pass) renewals() []ledger.Entry {
	var entries []ledger.Entry
	for _, job := range p.r.jobs.Claims() {
		if job.Effect == "" || job.Waits() {
			continue
		}
		if at := job.Until.Add(-p.r.ClaimFor / 2); p.Now.Before(at) {
			p.out.Wake = earliest(p.out.Wake, at)
			continue
		}
		lasts := min(max(p.r.ClaimFor, p.Now.Sub(job.Claimed)), longestClaim)
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindClaim, Subject: job.Subject, Body: ledger.NewClaim(job.Effect, p.r.Holder, p.Now, lasts),
			Sentence: "Claim to go on with " + job.Effect + " of " + job.Subject,
		})
	}
	return entries
}

// renewed tells jobs until when their claims last, and ends those whose claim is lost.
// One that only waited is looked at again when there is room.
func (p *pass) renewed() {
	for _, job := range p.r.jobs.Claims() {
		if job.Effect == "" {
			continue
		}
		if claim, ok := p.View.Held(job.Subject, job.Effect, p.r.Holder, p.Now); ok {
			p.r.jobs.Renewed(job.Key, claim.Until)
		} else {
			p.r.jobs.Renewed(job.Key, time.Time{})
			if job.Waits() {
				p.enqueue(job.Subject)
			}
		}
	}
}

// settleFor is how long what is under way may take to end, once its context has.
const settleFor = 10 * time.Second

// settled records what came of everything that is under way, once it has ended. It is for
// a process that makes no further pass.
func (r *Reconciler) settled(ctx context.Context) (Applied, error) {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	r.jobs.WaitAll(end)
	r.source.Writing.Lock()
	defer r.source.Writing.Unlock()
	p := r.newPass(r.Now())
	p.settle()
	if len(r.unrecorded) == 0 {
		return p.out, nil
	}
	err := p.LookLocally(ctx)
	if err == nil {
		err = p.Keep(ctx, r.unrecorded)
	}
	if err != nil {
		r.last, r.known = seen{}, nil
		return p.out, fmt.Errorf("record what was done: %w", err)
	}
	r.unrecorded = nil
	p.out.Records, p.out.Pushes = p.Records, p.Pushes
	return p.out, nil
}
