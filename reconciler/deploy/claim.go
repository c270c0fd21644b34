package deploy

import (
	"context"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
)

// claimFor is the record by which this replica asks to do the effect.
func claimFor(s *session.Session, e effect) ledger.Entry {
	return s.Claim(e.app, e.name(), fmt.Sprintf("Claim to %s %s in %s", e.verb, e.app, e.environment))
}

// Claim finds the apps whose targets lack what was admitted, and claims those
// that nobody else is at work on. Whether the claim holds shows when it landed.
func (d *Deployer) Claim(ctx context.Context, s *session.Session, b *judge.Judge, apps []string) (Effects, []ledger.Entry) {
	var effects Effects
	var claims []ledger.Entry
	room := d.roomByLane(s, b)
	for _, name := range apps {
		if d.Contain.UnderWay(name) {
			continue
		}
		state, _ := s.View.App(name)
		for _, env := range b.Rules.Settings().Environments {
			admitted, ok := state.Admitted[string(env.Name)]
			if !ok || !lacks(s, state, string(env.Name), admitted) {
				continue
			}
			key := effect{app: name, environment: string(env.Name)}.key()
			if d.inVain[key] == admitted.Seq && s.Now.Before(d.Work.Agenda.TriedAgain(name)) {
				continue // it was tried in vain, and is tried again then
			}
			if d.Work.Jobs.Busy(key, admitted.Seq) {
				continue // what comes of it makes a pass look again
			}
			if room[laneOf(env)] == 0 {
				d.Work.Agenda.Enqueue(name)
				continue
			}
			e, err := d.renderer.effect(ctx, s, b, state, env, admitted)
			if err != nil {
				d.Log.Error("an app cannot be applied", "app", name, "environment", env.Name, "error", err)
				d.made = append(d.made, effect{verb: "apply", app: name, environment: string(env.Name)}.failed("it cannot be rendered for its target", err))
				d.Work.Agenda.Retry(name, s.Now)
				continue
			}
			if held, ok := state.Claims[e.name()]; ok && held.Holder != s.Holder && s.Now.Before(held.Until) {
				d.Work.Agenda.TryAgain(name, held.Until)
				continue
			}
			if needs := waitsFor(s, e, state); len(needs) > 0 {
				d.waits.add(s, e, needs)
				continue
			}
			d.waits.done(e)
			room[e.lane]--
			effects = append(effects, e)
			claims = append(claims, claimFor(s, e))
		}
	}
	return effects, claims
}

// laneOf is the lane of an environment's target.
func laneOf(env settings.Environment) string { return "target " + string(env.Target) }

// How many effects are claimed for a target at once, those under way included: as many as
// it makes in the time laneFills, by its pace of late, and before it has one firstLane. So
// what is claimed is begun well within the time of its claim, what is newer waits for
// little, and where effects are short many records go out with one push. At most it is a
// part of the apps: a push costs the server a walk over all that the ledger holds, so that
// the more that is the fewer there should be.
const (
	laneFills                            = 5 * time.Second
	shortestLane, firstLane, longestLane = 64, 256, 4096
	leastOfApps, partOfApps              = 512, 40
)

// laneLength is how many that are, at a pace and with so many apps.
func laneLength(pace time.Duration, apps int) int {
	if pace == 0 {
		return firstLane
	}
	most := min(max(leastOfApps, apps/partOfApps), longestLane)
	return min(max(shortestLane, int(AtOnce*laneFills/pace)), most)
}

// slow is how long an effect runs before it counts as one that does not come back. A target
// of which some do not gets fewer: nothing is claimed that would wait in vain.
const slow = 30 * time.Second

// roomByLane is how many more effects may be claimed, by lane.
func (d *Deployer) roomByLane(s *session.Session, b *judge.Judge) map[string]int {
	room, apps := map[string]int{}, s.View.Len()
	for _, env := range b.Rules.Settings().Environments {
		lane := laneOf(env)
		length := laneLength(d.Work.Jobs.Pace(lane), apps) * (AtOnce - d.Work.Jobs.Slow(lane, slow)) / AtOnce
		room[lane] = max(0, length-d.Work.Jobs.Len(lane))
	}
	return room
}

// lacks reports whether a target does not yet hold what was admitted, as far as
// the ledger knows. What waits for the release of a quarantine lacks nothing.
func lacks(s *session.Session, state ledger.App, environment string, admitted ledger.Admitted) bool {
	if state.Quarantine != nil {
		return false
	}
	applied, ok := state.Applied[environment]
	released := whole(state).After(applied.At) && !s.Now.Before(whole(state))
	return !ok || applied.Admission != admitted.Seq || applied.Disabled != judge.IsDisabled(state) ||
		applied.Outcome == ledger.OutcomeFailed || applied.Outcome == ledger.OutcomeContained || released
}

// whole is when an app was last released of a containment or a throttle: what was applied before
// is not what it shall be.
func whole(state ledger.App) time.Time {
	if state.Unthrottled.After(state.Released) {
		return state.Unthrottled
	}
	return state.Released
}

// Room is how many more effects may be claimed for the target that has most.
func (d *Deployer) Room(s *session.Session, b *judge.Judge) int {
	room := 0
	for _, n := range d.roomByLane(s, b) {
		room = max(room, n)
	}
	return room
}
