package deploy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/work"
)

// toldHealth is what a target told last of an app and is not recorded.
type toldHealth struct {
	app, environment string
	health           target.Health
	at               time.Time // when it was asked
}

// healths are what targets told of the health of apps and is not recorded yet.
type healths struct {
	told   map[string]toldHealth // by effect
	looks  *looks
	waits  *waits
	fights fights
	jobs   *work.Pool[work.Outcome]
}

// healthPause is how long after a health record of an app in an environment the next may
// be written: an app that goes up and down writes no more. What was told last counts. It is
// awaitedPause where others wait for the app.
const (
	healthPause  = time.Minute
	awaitedPause = 5 * time.Second
)

// pause is how long after a health record of an app the next may be written.
func (h *healths) pause(app string) time.Duration {
	if len(h.waits.waiting[app]) > 0 {
		return awaitedPause
	}
	return healthPause
}

// note notes what targets told of apps that were looked at, where that is another state or share
// than the one recorded for what is applied. It returns when the next may be noted that
// has to wait; zero where none has.
func (h *healths) note(ctx context.Context, s *session.Session) (time.Time, error) {
	h.looks.gather()
	for n, seen := range h.looks.named {
		if state, known := s.View.App(n.app); known && !h.keep(state, n.environment, seen) {
			h.looks.sightings.lookAgain(n)
		}
	}
	for _, env := range slices.Sorted(maps.Keys(h.looks.observed)) {
		seen := h.looks.observed[env]
		for state := range s.View.States() {
			h.keep(state, string(env), seen)
		}
	}
	var next time.Time
	var entries []ledger.Entry
	for _, key := range slices.Sorted(maps.Keys(h.told)) {
		told := h.told[key]
		state, _ := s.View.App(told.app)
		applied := state.Applied[told.environment]
		switch {
		case !applied.At.Before(told.at) || isRecorded(applied, told.health):
			delete(h.told, key)
			continue
		case applied.Health != nil && s.Now.Before(applied.Health.Recorded.Add(h.pause(told.app))):
			next = work.Earliest(next, applied.Health.Recorded.Add(h.pause(told.app)))
			continue
		}
		if told.health.Share > 0 || applied.Health != nil && applied.Health.Share > 0 {
			h.waits.agenda.TryAgain(told.app, s.Now) // so that people are told where the share fails
		}
		// It stays told until the record is found: nobody knows yet whether it lands.
		body := *healthOf(told.health, told.at)
		body.Environment, body.Admission = told.environment, applied.Admission
		sentence := fmt.Sprintf("Health of %s in %s: %s", told.app, told.environment, body.State)
		if body.Reason != "" {
			sentence += " (" + body.Reason + ")"
		}
		entries = append(entries, ledger.Entry{Kind: ledger.KindHealth, Subject: told.app, Body: body, Sentence: sentence})
	}
	return next, s.Note(ctx, entries)
}

// keep keeps what a look told of an app. It says something only of what the ledger says is
// applied, and not of what was changed since, is being changed, or is about to be put
// right: then a receipt follows that tells. What is fought for stands a while. It is false where the look came too early.
func (h *healths) keep(state ledger.App, environment string, seen observedAt) bool {
	key := effect{app: state.Name, environment: environment}.key()
	applied := state.Applied[environment]
	o, there := seen.inventory.Apps[state.Name]
	if !there || applied.Admission == 0 || o.Render != applied.Digest || o.Disabled != applied.Disabled {
		return true
	}
	if !applied.At.Before(seen.at) || h.jobs.Busy(key, 0) {
		return false
	}
	paused := o.Throttle == nil && h.fights.pauses(place{state.Name, environment}, contested(o), seen.at)
	if o.Drift != "" && applied.Outcome != ledger.OutcomeFailed && state.Quarantine == nil && !paused {
		return true
	}
	health := o.Health.Bounded()
	if health.State == "" || isRecorded(applied, health) {
		delete(h.told, key)
		return true
	}
	h.told[key] = toldHealth{app: state.Name, environment: environment, health: health, at: seen.at}
	return true
}

// isRecorded reports whether the health of what is applied is recorded as a target told it: its
// state, and how far a share of the replicas has come. Other words for the same are no news.
func isRecorded(applied ledger.Applied, told target.Health) bool {
	is := applied.Health
	return is != nil && is.State == ledger.HealthState(told.State) && is.Share == told.Share && is.Until.Equal(told.Until)
}

// healthOf is the health as it is recorded, of a target that was asked at a moment; nil
// where it told none. What says no moment, or one that is still to come, is so since it
// was asked.
func healthOf(health target.Health, asked time.Time) *ledger.Health {
	health = health.Bounded()
	if health.State == "" {
		return nil
	}
	since := health.Since
	if since.IsZero() || since.After(asked) {
		since = asked
	}
	return &ledger.Health{State: ledger.HealthState(health.State), Reason: health.Reason, Share: health.Share, Until: health.Until, Since: since.UTC().Truncate(time.Millisecond)}
}
