package deploy

import (
	"context"
	"log/slog"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/work"
)

// observedAt is what one environment's target held at a moment.
type observedAt struct {
	at        time.Time // when it was asked
	inventory target.Inventory
}

// looks are the looks at what targets hold: at everything from time to time, and at single
// apps that may have changed. What they find is for the next pass.
type looks struct {
	targets   target.Set
	work      *work.Claimed
	witnesses *Witnesses
	every     time.Duration // how often targets are looked at
	nudge     func()        // has a pass made soon; it never blocks
	log       *slog.Logger

	looked    time.Time                   // when targets were last looked at
	observed  map[catalog.Name]observedAt // what they held, by environment
	notBefore time.Time                   // everything is not looked at before, whoever asks
	named     map[nudged]observedAt       // what looks at single apps found
	sightings *sightings                  // what they find meanwhile
}

func newLooks(d *Deployer) *looks {
	return &looks{
		targets: d.Targets, work: d.Work, witnesses: d.Witnesses, every: d.DriftEvery, nudge: d.Nudge, log: d.Log,
		observed: map[catalog.Name]observedAt{}, named: map[nudged]observedAt{}, sightings: newSightings(),
	}
}

// observe has all targets looked at, at its own cadence and beside the passes. Each answer
// is told to the pass after it. It returns when the next look is due; zero where there is
// nothing to look at.
func (l *looks) observe(ctx context.Context, s *session.Session) (time.Time, error) {
	due := l.looked.Add(l.every)
	if soon := l.looked.Add(fullPause); l.sightings.wantsAll() && soon.Before(due) {
		due = soon
	}
	if due.Before(l.notBefore) {
		due = l.notBefore
	}
	if s.Now.Before(due) {
		return due, nil
	}
	if s.View == nil || s.View.Root().Governing.Commit == "" {
		return time.Time{}, nil
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return time.Time{}, err
	}
	l.sightings.lookedAtAll()
	for _, env := range settings.Environments {
		t, err := l.targets.Of(env)
		if err != nil {
			continue // which is said where the configuration is found unfit
		}
		at := s.Now
		l.work.Jobs.Start(ctx, work.Job[work.Outcome]{
			Lane: "look at " + string(env.Target), Key: "look at " + string(env.Name),
			Do: func(ctx context.Context, _ time.Time) work.Outcome {
				var inventory target.Inventory
				err := parallel.Guard(l.log, "looking at an environment", string(env.Name), func() (err error) {
					inventory, err = t.Observe(ctx, string(env.Name))
					return err
				})
				return func(now time.Time) []ledger.Entry {
					if err != nil {
						l.log.Error("a target could not be looked at", "environment", env.Name, "error", err)
						return nil
					}
					l.observed[env.Name] = observedAt{at, inventory}
					l.sightings.note(string(env.Target), string(env.Name), inventory.Apps)
					l.witnesses.heard(env.Name, inventory.Witness.Ledger)
					return nil
				}
			},
		})
	}
	l.looked = s.Now
	return l.looked.Add(l.every), nil
}

// after puts off the next look.
func (l *looks) after(now time.Time, pause time.Duration) {
	l.looked, l.notBefore = now.Add(pause-l.every), now.Add(pause)
}

// gather takes what was found of single apps since the last pass.
func (l *looks) gather() {
	for n, seen := range l.sightings.take() {
		l.named[n] = seen
	}
}

// forget forgets what was found, once a pass made something of it.
func (l *looks) forget() {
	clear(l.observed)
	clear(l.named)
}
