package targettest

import (
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
)

// TestThrottler holds a kind of target that is a target.Throttler to that ability. It asks for a
// fresh, empty world for every behaviour, one that says Full.
func TestThrottler(t *testing.T, fresh func(t *testing.T) World) {
	for _, behaviour := range []struct {
		name string
		test func(*scene)
	}{
		{"what runs is held to less, and gets it back", throttlesRunning},
		{"an app is throttled before it arrives", throttlesUnknown},
		{"a throttle survives a restart and repeats", throttlesTwice},
		{"new content runs with less", throttlesNewContent},
		{"drift is corrected to less", throttlesDrifted},
		{"a containment is the stricter", containsThrottled},
		{"what is contained is throttled once it is released", throttlesContained},
		{"what is disabled is throttled once it is enabled", throttlesDisabled},
		{"ending what is not throttled changes nothing", unthrottlesNothing},
		{"removing does not lift a throttle", removesThrottled},
		{"a throttle of no name is refused", refusesThrottle},
	} {
		t.Run(behaviour.name, func(t *testing.T) {
			behaviour.test(&scene{T: t, World: fresh(t)})
		})
	}
}

var dear = target.Mark{Reason: "it costs too much", By: "finance", At: time.Date(2026, 4, 2, 4, 0, 0, 0, time.UTC)}

// throttle throttles an app; it must succeed.
func (s *scene) throttle(app string, mark target.Mark) target.Receipt {
	s.Helper()
	receipt, err := s.Target.(target.Throttler).Throttle(background(), Production, app, mark)
	if err != nil {
		s.Fatalf("throttle %s: %v", app, err)
	}
	return receipt
}

// unthrottle ends a throttle; it must succeed.
func (s *scene) unthrottle(app string) target.Receipt {
	s.Helper()
	receipt, err := s.Target.(target.Throttler).Unthrottle(background(), Production, app)
	if err != nil {
		s.Fatalf("end the throttle of %s: %v", app, err)
	}
	return receipt
}

// slow wants an object to run with less, and the target to say so and to have nothing to do.
func (s *scene) slow(o target.Object) {
	s.Helper()
	s.runs(o)
	if s.Full(Production, o.App) {
		s.Errorf("%s runs with all that it was given", o.App)
	}
	s.throttled(o.App)
	s.quiet(o)
}

// whole wants an object to run with all it was given, and the target to have nothing to do.
func (s *scene) whole(o target.Object) {
	s.Helper()
	s.runs(o)
	if !s.Full(Production, o.App) {
		s.Errorf("%s runs with less than it was given", o.App)
	}
	if got, _ := s.observe(o.App); got.Throttle != nil {
		s.Errorf("%s carries the throttle %+v", o.App, got.Throttle)
	}
	s.quiet(o)
}

// throttled wants an app to carry the mark that it was given.
func (s *scene) throttled(app string) {
	s.Helper()
	o, ok := s.observe(app)
	if !ok || o.Throttle == nil || o.Throttle.Reason != dear.Reason || o.Throttle.By != dear.By || !o.Throttle.At.Equal(dear.At) {
		s.Errorf("%s carries the throttle %+v", app, o.Throttle)
	}
}

func throttlesRunning(s *scene) {
	o, other := Object("expense-submit", "1.0.0", 1), Object("rates-feed", "1.0.0", 2)
	s.reach(o, other)
	s.whole(o)
	s.outcome("throttle", s.throttle(o.App, dear), target.Done, o.Render)
	s.slow(o)
	s.whole(other)
	s.outcome("apply", s.apply(target.Step{Verb: target.Correct, App: o.App, Object: o}), target.Unchanged, o.Render)
	s.outcome("end", s.unthrottle(o.App), target.Done, o.Render)
	s.outcome("apply after the end", s.apply(s.planned(o, target.Correct)), target.Done, o.Render)
	s.whole(o)
}

func throttlesUnknown(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.outcome("throttle", s.throttle(o.App, dear), target.Done, "")
	s.restart()
	s.throttled(o.App)
	s.outcome("create", s.apply(s.planned(o, target.Create, "throttled")), target.Done, o.Render)
	s.slow(o)
	s.unthrottle(o.App)
	s.reach(o)
	s.whole(o)
}

func throttlesTwice(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.throttle(o.App, dear)
	s.restart()
	later := dear
	later.Reason, later.At = "again", dear.At.Add(1)
	s.outcome("throttle again", s.throttle(o.App, later), target.Unchanged, o.Render)
	s.slow(o)
	s.restart()
	s.slow(o)
}

func throttlesNewContent(s *scene) {
	old, o := Object("expense-submit", "1.0.0", 1), Object("expense-submit", "1.1.0", 2)
	s.reach(old)
	s.throttle(o.App, dear)
	s.outcome("update", s.apply(s.planned(o, target.Update, "throttled")), target.Done, o.Render)
	s.slow(o)
	s.unthrottle(o.App)
	s.restart()
	s.reach(o)
	s.whole(o)
}

func throttlesDrifted(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.throttle(o.App, dear)
	s.Tamper(Production, o.App)
	s.outcome("correct", s.apply(s.planned(o, target.Correct, "drift: ")), target.Done, o.Render)
	s.slow(o)
	s.Tamper(Production, o.App)
	s.outcome("throttle", s.throttle(o.App, dear), target.Done, o.Render)
	s.slow(o)
}

func containsThrottled(s *scene) {
	o, fix := Object("expense-submit", "1.0.0", 1), Object("expense-submit", "1.0.1", 2)
	s.reach(o)
	s.throttle(o.App, dear)
	s.outcome("quarantine", s.quarantine(o.App), target.Done, o.Render)
	s.stands(o.App)
	s.throttled(o.App)
	s.marked(o.App)
	s.outcome("throttle again", s.throttle(o.App, dear), target.Unchanged, o.Render)
	s.outcome("apply while contained", s.apply(s.planned(fix, target.Update, "contained")), target.Contained, fix.Render)
	s.stands(o.App)
	s.release(o.App)
	s.restart()
	s.reach(fix)
	s.slow(fix)
	s.unthrottle(o.App)
	s.reach(fix)
	s.whole(fix)
}

func throttlesContained(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.quarantine(o.App)
	s.outcome("throttle", s.throttle(o.App, dear), target.Done, o.Render)
	s.stands(o.App)
	s.marked(o.App)
	s.unthrottle(o.App)
	s.stands(o.App)
	s.throttle(o.App, dear)
	s.release(o.App)
	s.reach(o)
	s.slow(o)
}

func throttlesDisabled(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(disabled(o))
	s.outcome("throttle", s.throttle(o.App, dear), target.Done, o.Render)
	s.stands(o.App)
	s.held(disabled(o))
	s.quiet(disabled(o))
	s.reach(o)
	s.slow(o)
	s.reach(disabled(o))
	s.unthrottle(o.App)
	s.quiet(disabled(o))
	s.reach(o)
	s.whole(o)
}

func unthrottlesNothing(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.outcome("end", s.unthrottle(o.App), target.Unchanged, o.Render)
	s.whole(o)
	s.outcome("end of an app that never was", s.unthrottle("never-was"), target.Unchanged, "")
	s.throttle("never-was", dear)
	s.outcome("end of an app that was only marked", s.unthrottle("never-was"), target.Done, "")
	if all := s.all(); len(all.Apps) != 1 {
		s.Errorf("the end of a throttle leaves %+v behind", all.Apps)
	}
}

func removesThrottled(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.throttle(o.App, dear)
	s.outcome("remove", s.remove(o.App, 1), target.Done, "")
	s.throttled(o.App)
	s.reach(o)
	s.slow(o)
}

func refusesThrottle(s *scene) {
	t := s.Target.(target.Throttler)
	_, err := t.Throttle(background(), Production, "No Name", dear)
	s.refused("throttle", err, target.ErrPermanent)
	_, err = t.Unthrottle(background(), "../x", "expense-submit")
	s.refused("end", err, target.ErrPermanent)
}
