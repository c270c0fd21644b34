package reconciler

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/review"
)

// Done says what one pass over everything did.
type Done struct {
	Changes []review.Reviewed `json:"changes"`
	Applied Applied           `json:"applied"`
	// Unreviewed is how many changes could not be reviewed in the last round.
	Unreviewed int `json:"unreviewed,omitempty"`
	// Unfit is what is missing of the configuration; empty for nothing.
	Unfit string `json:"unfit,omitempty"`
}

// Records counts what was written to the ledger.
func (d Done) Records() int {
	n := d.Applied.Records
	for _, c := range d.Changes {
		n += c.Records
	}
	return n
}

// maxRounds bounds how often one call goes on because what it did opened more to
// do: a change landed, an environment became ready.
const maxRounds = 8

// Once reviews every open change and applies the catalog, until nothing more
// follows from what was done. One change or app that fails stops no other; the
// error joins what failed.
func (r *Reconciler) Once(ctx context.Context) (done Done, failed error) {
	done.Changes = []review.Reviewed{}
	var unreviewed error
	for range maxRounds {
		applied, unapplied := r.apply(ctx)
		done.Applied.add(applied)
		failed = errors.Join(failed, unapplied)
		if unapplied != nil && (ctx.Err() != nil || applied.Frozen != "") {
			return done, errors.Join(unreviewed, failed)
		}
		// What landed and cannot be decided is no reason to leave changes alone.
		landed, single, err := r.reviewAll(ctx, &done)
		unreviewed, failed = errors.Join(unreviewed, single), errors.Join(failed, err)
		if unapplied != nil || ctx.Err() != nil || !landed && !applied.opensMore() {
			break
		}
	}
	failed = errors.Join(failed, r.rollouts.Finish(ctx, r.last.Ledger))
	if failed == nil {
		r.remember(ctx)
	}
	done.Unfit = r.unfit(ctx)
	return done, errors.Join(unreviewed, failed)
}

// opensMore reports whether what a pass did may have opened more to do.
func (a Applied) opensMore() bool {
	return len(a.Effects) > 0 || a.Landings > 0 || len(a.Stages) > 0 || len(a.Notices) > 0
}

// add sums up passes.
func (a *Applied) add(b Applied) {
	a.Main, a.Frozen, a.Unreachable, a.Unread, a.Wake = b.Main, b.Frozen, b.Unreachable, b.Unread, b.Wake
	a.Landings += b.Landings
	a.Records += b.Records
	a.Pushes += b.Pushes
	a.Evaluated += b.Evaluated
	a.Apps = append(a.Apps, b.Apps...)
	a.Effects = append(a.Effects, b.Effects...)
	a.Stages = append(a.Stages, b.Stages...)
	a.Notices = append(a.Notices, b.Notices...)
	a.Unsent += b.Unsent
	a.Left = b.Left
}

// reviewAll reviews the open changes, and those the ledger still holds open. What
// failed of single changes is told apart: it is those changes' trouble.
func (r *Reconciler) reviewAll(ctx context.Context, done *Done) (landed bool, unreviewed, err error) {
	all, err := r.Reviews.Open(ctx)
	if err != nil {
		return false, nil, err
	}
	done.Unreviewed = 0
	seen := map[string]int{}
	for i, c := range done.Changes {
		seen[c.Change] = i
	}
	outs, errs := make([]review.Reviewed, len(all)), make([]error, len(all))
	var side errgroup.Group
	side.SetLimit(reviewers)
	for i, id := range all {
		side.Go(func() error {
			outs[i], errs[i] = r.Reviews.Review(ctx, id)
			return nil
		})
	}
	_ = side.Wait() // each says by itself what failed
	for i, id := range all {
		reviewed, err := outs[i], errs[i]
		if err != nil {
			done.Unreviewed++
			unreviewed = errors.Join(unreviewed, err)
			r.Log.Error("a change could not be reviewed", "change", id, "error", err)
			continue
		}
		landed = landed || reviewed.Landed != "" && !reviewed.Closed
		if i, ok := seen[id]; ok {
			reviewed.Records += done.Changes[i].Records
			done.Changes[i] = reviewed
		} else {
			done.Changes = append(done.Changes, reviewed)
		}
	}
	return landed, unreviewed, nil
}

// Run makes passes until ctx ends. Two loops go on side by side: one looks at the catalog,
// at every nudge and poll, when a target tells of a change, when a deadline comes and when something that it began has
// ended; the other looks at the changes. What fails is tried again with growing pauses;
// one change that cannot be reviewed makes no round a failure, or anybody could slow down
// all others. Where replicas agree on a leader, the others begin nothing by themselves: they
// answer, look at changes that they are told of, and are ready to take over. An error is only
// ever that of ctx, or of listening.
func (r *Reconciler) Run(ctx context.Context, poll time.Duration, at Addresses) error {
	stopped, err := listen(ctx, r.Log, endpoint{at.Listen, r.Handler()}, endpoint{at.Metrics, r.Metrics()})
	if err != nil {
		return err
	}
	var standing, loops sync.WaitGroup
	campaign, resign := context.WithCancel(context.WithoutCancel(ctx))
	defer resign()
	if r.Lead != nil {
		standing.Go(func() { r.Lead(campaign, r.led) })
	}
	loops.Go(func() { r.applyLoop(ctx, poll) })
	loops.Go(func() { r.reviewLoop(ctx, poll) })
	loops.Go(func() { r.leader.whileLeading(ctx, r.Deploy.Watch) })
	loops.Wait()
	if _, err := r.settled(ctx); err != nil {
		r.Log.Error("what was under way cannot be recorded", "error", err)
	}
	resign() // nothing is under way that another could do as well
	standing.Wait()
	<-stopped
	return context.Cause(ctx)
}

// applyLoop makes passes over the catalog, or looks beside the replica that does.
func (r *Reconciler) applyLoop(ctx context.Context, poll time.Duration) {
	for failures := 0; ctx.Err() == nil; {
		began, turn := time.Now(), r.step
		leads, _ := r.leader.leads()
		if !leads {
			turn = r.follow
		}
		applied, err := turn(ctx)
		done := Done{Applied: applied, Unfit: r.unfit(ctx)}
		took := time.Since(began)
		tell(r.Log, done)
		pause := poll
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failures++
			r.ready.passFailed(done)
			pause = min(poll<<min(failures, 5), 5*time.Minute)
			r.Log.Error("a pass failed; trying again", "pause", pause, "error", err)
		default:
			failures = 0
			if !applied.Unread { // or it has not ended
				now := r.Now()
				r.metrics.last.Set(float64(now.Unix()))
				r.readForPrograms(ctx)
				r.ready.passEnded(done, now)
			}
			report(r.Log, applied, took)
			r.remember(ctx)
			if until := applied.Wake.Sub(r.Now()); !applied.Wake.IsZero() && until < pause {
				pause = max(until, 10*time.Millisecond)
			}
			if applied.Landings > 0 {
				signal(r.ask) // changes are measured from what stands now
			}
		}
		r.metrics.looked(done)
		if leads {
			r.metrics.passed(done, took, err)
		}
		if !wait(ctx, r.nudged, pause) {
			return
		}
	}
}

// readForPrograms reads the catalog that programs are answered from, where no pass had to: after a
// restart at which nothing had moved. What fails is tried again after the next pass.
func (r *Reconciler) readForPrograms(ctx context.Context) {
	s := r.Session()
	if r.api == nil || s.Started() || !s.Recall() {
		return
	}
	main := s.View.Root().Main
	if main == "" {
		return // nothing was accepted yet
	}
	if _, err := s.Snapshot(ctx, main); err != nil && ctx.Err() == nil {
		r.Log.Error("programs cannot be answered yet", "error", err)
	}
}

// wait returns at a signal or after a pause; false when ctx has ended.
func wait(ctx context.Context, signal <-chan struct{}, pause time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-signal:
	case <-time.After(pause):
	}
	return true
}

// tell logs, of each app, what was done to it and why, and of each change why it is
// refused; and once for all why nothing new is done.
func tell(log *slog.Logger, done Done) {
	if a := done.Applied; a.Frozen != "" {
		log.Error(a.Halted(), "cause", a.Frozen)
	}
	if done.Unfit != "" {
		log.Error("the configuration is not fit for this catalog", "cause", done.Unfit)
	}
	for _, e := range done.Applied.Effects {
		say := log.Info
		if e.Error != "" {
			say = log.Error
		}
		say("an effect", "verb", e.Verb, "app", e.App, "environment", e.Environment, "outcome", e.Outcome, "cause", e.Reason, "error", e.Error)
	}
	for _, s := range done.Applied.Stages {
		log.Info("an app changed its stage", "app", s.App, "from", s.From, "to", s.To, "cause", s.Cause)
	}
	for _, c := range done.Changes {
		if c.Records == 0 {
			continue // it was said when it was recorded
		}
		for _, d := range c.Decisions {
			for _, p := range d.Problems {
				log.Warn("a change has a problem", "change", c.Change, "app", d.Subject, "verdict", d.Verdict, "file", p.Path, "line", p.Line, "cause", p.Message)
			}
		}
	}
}

// report logs what a pass over the catalog did, if it did anything.
func report(log *slog.Logger, a Applied, took time.Duration) {
	if a.Records > 0 || len(a.Effects) > 0 {
		log.Info("a pass ended", "landings", a.Landings, "effects", len(a.Effects), "notices", len(a.Notices), "waiting", a.Left, "records", a.Records, "took", took.Round(time.Millisecond))
	}
}

// Nudge makes Run look at once at what a key names, and at nothing else: at one change
// without listing the others, at what landed, or at everything that has moved. It never
// blocks: nudges of the same key that come together are one.
func (r *Reconciler) Nudge(key forge.Key) {
	if id, one := key.Change(); one {
		r.changes.add(id)
		return
	}
	signal(r.nudged)
	if key != forge.KeyLanding { // changes are looked at when the landing is decided
		signal(r.ask)
	}
}

// Open lists the changes that the forge says are open now.
func (r *Reconciler) Open(ctx context.Context) ([]string, error) {
	listed, err := r.Forge.Changes(ctx, r.Branch)
	ids := make([]string, len(listed))
	for i, one := range listed {
		ids[i] = one.ID
	}
	return ids, err
}
