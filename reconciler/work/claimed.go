package work

import (
	"context"
	"log/slog"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// Outcome is what came of a job. It is told to the next pass, at its moment, and returns
// what is to be recorded.
type Outcome func(now time.Time) []ledger.Entry

// Claimed runs what this replica has claimed, and keeps the claims. It is used by passes,
// one at a time; the jobs run beside them.
//
//	a claim that landed → Begin → the job → Settle → Unrecorded → a push → Recorded
type Claimed struct {
	Jobs     *Pool[Outcome]
	Agenda   *Agenda
	Holder   string        // names this replica in claims
	ClaimFor time.Duration // how long a claim keeps others away
	Now      func() time.Time
	Log      *slog.Logger

	unrecorded []ledger.Entry // what has happened
}

// Begin has something done under a claim that landed, until ctx ends. Where the claim ends
// before its turn comes, nothing is done, and its app is looked at again. Of the job the
// caller says lane, key, stamp, subject, effect and what to do.
func (c *Claimed) Begin(ctx context.Context, now time.Time, claim ledger.ClaimState, job Job[Outcome]) {
	do := job.Do
	job.Claimed, job.Until = now, claim.Until
	job.Do = func(ctx context.Context, until time.Time) Outcome {
		if c.Now().Before(until) {
			return do(ctx, until)
		}
		return func(now time.Time) []ledger.Entry {
			c.Log.Warn("there was no time left for an effect", "effect", job.Effect, "app", job.Subject)
			c.Agenda.Retry(job.Subject, now)
			return nil
		}
	}
	c.Jobs.Start(ctx, job)
}

// Settle takes what came of jobs. What has happened is so whatever else goes wrong: it is
// kept until it is recorded.
func (c *Claimed) Settle(now time.Time) {
	for _, o := range c.Jobs.Finished() {
		c.unrecorded = append(c.unrecorded, o(now)...)
	}
}

// Unrecorded is what has happened and is not on record.
func (c *Claimed) Unrecorded() []ledger.Entry { return c.unrecorded }

// Recorded forgets what is on record now, or was given up.
func (c *Claimed) Recorded() { c.unrecorded = nil }

// longestClaim is how long a renewed claim lasts at most.
const longestClaim = 30 * time.Minute

// Renewals are claims to go on with what runs, well before the claims to it end, and when
// the next one is due. Each lasts as long again as the job has taken so far, so that one
// that does not come back makes few records. What only waits is not claimed anew.
func (c *Claimed) Renewals(now time.Time) (entries []ledger.Entry, next time.Time) {
	for _, job := range c.Jobs.Claims() {
		if job.Effect == "" || job.Waits() {
			continue
		}
		if at := job.Until.Add(-c.ClaimFor / 2); now.Before(at) {
			next = Earliest(next, at)
			continue
		}
		lasts := min(max(c.ClaimFor, now.Sub(job.Claimed)), longestClaim)
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindClaim, Subject: job.Subject, Body: ledger.NewClaim(job.Effect, c.Holder, now, lasts),
			Sentence: "Claim to go on with " + string(job.Effect) + " of " + job.Subject,
		})
	}
	return entries, next
}

// Renewed tells jobs until when their claims last, by a ledger that was pushed, and ends
// those whose claim is lost. One that only waited is looked at again when there is room.
func (c *Claimed) Renewed(v *chain.View, now time.Time) {
	for _, job := range c.Jobs.Claims() {
		if job.Effect == "" {
			continue
		}
		if claim, ok := v.Held(job.Subject, job.Effect, c.Holder, now); ok {
			c.Jobs.Renewed(job.Key, claim.Until)
			continue
		}
		c.Jobs.Renewed(job.Key, time.Time{})
		if job.Waits() {
			c.Agenda.Enqueue(job.Subject)
		}
	}
}
