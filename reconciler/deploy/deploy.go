package deploy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/contain"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/work"
)

// AtOnce is how many jobs of a lane run at once: effects of one target, notices, requests
// to the forge.
const AtOnce = 16

// Deployer drives what is admitted into targets. It is used by passes, one at a time, but
// for what says otherwise.
type Deployer struct {
	Targets    target.Set
	Contain    *contain.Container
	Witnesses  *Witnesses
	Judges     *judge.Source
	Work       *work.Claimed
	DriftEvery time.Duration // how often targets are looked at
	Nudge      func()        // has a pass made soon; it never blocks
	Log        *slog.Logger

	renderer *renderer
	looks    *looks
	waits    *waits
	healths  *healths
	fights   fights           // what is corrected again and again
	inVain   map[string]int64 // the admission that was last tried in vain, by effect
	made     []Effect         // what has happened since it was asked last
}

// New returns a Deployer of what is set in d.
func New(d Deployer) *Deployer {
	d.inVain = map[string]int64{}
	d.renderer = &renderer{d.Targets, d.Log}
	d.looks = newLooks(&d)
	d.waits = newWaits(d.Work.Agenda, d.Log)
	d.fights = fights{}
	d.healths = &healths{map[string]toldHealth{}, d.looks, d.waits, d.fights, d.Work.Jobs}
	return &d
}

// Watch has the targets that can tell of changes do so, until ctx ends: each event leads to
// a look at that app alone. It may be used beside passes.
func (d *Deployer) Watch(ctx context.Context) { d.looks.watch(ctx) }

// Observe has all targets looked at, at its own cadence and beside the passes. Each answer
// is told to the pass after it. It returns when the next look is due; zero where there is
// nothing to look at.
func (d *Deployer) Observe(ctx context.Context, s *session.Session) (time.Time, error) {
	return d.looks.observe(ctx, s)
}

// ObserveAfter puts off the next look.
func (d *Deployer) ObserveAfter(now time.Time, pause time.Duration) { d.looks.after(now, pause) }

// Health notes what targets told of apps that were looked at, where that is another state
// than the one recorded for what is applied. It returns when the next may be noted that
// has to wait; zero where none has.
func (d *Deployer) Health(ctx context.Context, s *session.Session) (time.Time, error) {
	return d.healths.note(ctx, s)
}

// WaitingFor lists the apps that wait for one: they are to be looked at when anything was
// recorded of it.
func (d *Deployer) WaitingFor(app string) []string { return d.waits.on(app) }

// Effects are steps to be made, as they were claimed.
type Effects []effect

// Start begins the effects whose claims this replica landed. A failure is that app's
// alone.
func (d *Deployer) Start(ctx context.Context, s *session.Session, effects Effects) {
	for _, e := range effects {
		claim, ok := s.View.Held(e.app, e.name(), s.Holder, s.Now)
		if !ok {
			continue
		}
		e.claim = claim
		d.Work.Begin(ctx, s.Now, claim, work.Job[work.Outcome]{
			Lane: e.lane, Key: e.key(), Stamp: e.object.Fence.Admission, Subject: e.app, Effect: e.name(),
			Do: func(ctx context.Context, _ time.Time) work.Outcome {
				made, receipt, observed := e.do(ctx, d.Log)
				if observed.App != "" {
					d.looks.sightings.note(e.on, e.environment, map[string]target.Observed{e.app: observed})
				}
				return func(now time.Time) []ledger.Entry {
					receipt.Health = healthOf(observed.Health, now)
					return d.receipt(e, made, receipt, now)
				}
			},
		})
	}
}

// receipt is the record of an effect.
func (d *Deployer) receipt(e effect, made []Effect, receipt ledger.Receipt, now time.Time) []ledger.Entry {
	d.made = append(d.made, made...)
	if receipt.Outcome == ledger.OutcomeFailed {
		d.Log.Error("an effect failed", "effect", e.name(), "app", e.app, "environment", e.environment, "error", receipt.Error)
		d.inVain[e.key()] = e.object.Fence.Admission
		d.Work.Agenda.Retry(e.app, now)
	} else {
		delete(d.inVain, e.key())
		d.Work.Agenda.Succeeded(e.app)
		d.fights.corrected(e, made, now)
	}
	return []ledger.Entry{{
		Kind: ledger.KindReceipt, Subject: e.app, Body: receipt,
		Sentence: fmt.Sprintf("%s %s in %s: %s", map[string]string{"apply": "Apply", "correct": "Correct"}[e.verb], e.app, e.environment, receipt.Outcome),
	}}
}

// Made returns the steps that were made since it was asked last.
func (d *Deployer) Made() []Effect {
	list := d.made
	d.made = nil
	return list
}
