package targettest

import (
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
)

// health is how an app does, the same alone and among all.
func (s *scene) health(app string) target.Health {
	s.Helper()
	o, _ := s.observe(app)
	if among := s.all().Apps[app].Health; among != o.Health {
		s.Errorf("alone it does %+v, among all %+v", o.Health, among)
	}
	if o.Health.Bounded() != o.Health {
		s.Errorf("the health %+v is not fit to be shown", o.Health)
	}
	return o.Health
}

func tellsReady(s *scene) {
	if s.Ail == nil {
		s.Skip("the kind has no health to tell")
	}
	o := Object("expense-submit", "1.0.0", 1)
	before := time.Now().Add(-time.Second)
	s.reach(o)
	first := s.health(o.App)
	if first.State != target.Ready || first.Since.Before(before) || first.Since.After(time.Now().Add(time.Second)) {
		s.Errorf("what was just applied does %+v", first)
	}
	s.restart()
	again := o
	again.Fence = Fence(2) // admitted once more, and nothing about it changed
	s.apply(target.Step{Verb: target.Correct, App: o.App, Object: again})
	if got := s.health(o.App); got != first {
		s.Errorf("after a restart and a repeated apply it does %+v, before %+v", got, first)
	}
	s.Tamper(Production, o.App)
	if got := s.health(o.App); got.State == target.Ready || got.State == "" || got.Reason == "" {
		s.Errorf("what has drifted does %+v", got)
	}
	time.Sleep(2 * time.Millisecond)
	s.reach(again)
	if got := s.health(o.App); got.State != target.Ready || !got.Since.After(first.Since) {
		s.Errorf("what was corrected does %+v, and was ready before since %v", got, first.Since)
	}
}

func tellsHealth(s *scene) {
	if s.Ail == nil {
		s.Skip("the kind has no health to tell")
	}
	o, other := Object("expense-submit", "1.0.0", 1), Object("rates-feed", "1.0.0", 2)
	s.reach(o, other)
	since := time.Date(2026, 4, 2, 3, 0, 0, 0, time.UTC)
	for _, state := range []target.HealthState{target.Progressing, target.Failing, target.Unknown, target.Ready} {
		want := target.Health{State: state, Reason: "as " + string(state) + " as can be", Since: since}
		s.Ail(Production, o.App, want)
		for range 2 {
			if got := s.health(o.App); got != want {
				s.Errorf("it does %+v, not %+v", got, want)
			}
			s.restart()
		}
	}
	if got := s.health(other.App); got.State != target.Ready {
		s.Errorf("another app does %+v", got)
	}
	s.quiet(o, other) // health is no drift
	s.runs(o)
}

func tellsNoHealth(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(disabled(o))
	if got := s.health(o.App); got != (target.Health{}) {
		s.Errorf("what is disabled does %+v", got)
	}
	s.reach(o)
	s.quarantine(o.App)
	if got := s.health(o.App); got != (target.Health{}) {
		s.Errorf("what is contained does %+v", got)
	}
	s.quarantine("never-was")
	if got := s.health("never-was"); got != (target.Health{}) {
		s.Errorf("what is only marked does %+v", got)
	}
}
