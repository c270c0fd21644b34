package targettest

import (
	"github.com/levee-gitops/levee/reconciler/target"
)

func refusesOlder(s *scene) {
	newest := Object("expense-submit", "1.1.0", 8)
	s.reach(newest)
	late := s.planned(Object("expense-submit", "1.0.0", 7), target.Update)
	for range 2 {
		_, err := s.Target.Apply(background(), Production, late)
		s.refused("apply an older admission", err, target.ErrFenced)
		s.runs(newest)
		s.restart()
	}
	off := target.Step{Verb: target.Disable, App: newest.App, Object: disabled(late.Object)}
	_, err := s.Target.Apply(background(), Production, off)
	s.refused("disable by an older admission", err, target.ErrFenced)
	s.runs(newest)
	s.quarantine(newest.App)
	_, err = s.Target.Apply(background(), Production, late)
	s.refused("apply an older admission while contained", err, target.ErrFenced)
	other := Object("rates-feed", "1.0.0", 2)
	s.outcome("an older admission of another app", s.apply(s.planned(other, target.Create)), target.Done, other.Render)
}

func takesEqual(s *scene) {
	o := Object("expense-submit", "1.0.0", 5)
	s.reach(o)
	s.outcome("the same again", s.apply(target.Step{Verb: target.Update, App: o.App, Object: o}), target.Unchanged, o.Render)
	s.reach(disabled(o))
	s.reach(o)
	s.runs(o)
	newer := o
	newer.Fence = Fence(6)
	s.outcome("the same by a newer admission", s.apply(target.Step{Verb: target.Update, App: o.App, Object: newer}), target.Unchanged, o.Render)
	s.runs(newer)
	_, err := s.Target.Apply(background(), Production, target.Step{Verb: target.Update, App: o.App, Object: o})
	s.refused("the admission before", err, target.ErrFenced)
}

func raisesWitness(s *scene) {
	wants := func(admission int64) {
		s.Helper()
		if got := s.all().Witness; got != Fence(admission) {
			s.Errorf("the witness is %+v, not of admission %d", got, admission)
		}
		s.restart()
		inventory, err := s.Target.Observe(background(), Production, "never-was")
		if err != nil || inventory.Witness != Fence(admission) {
			s.Errorf("the witness beside a named app is %+v, not of admission %d (%v)", inventory.Witness, admission, err)
		}
	}
	s.reach(Object("alpha", "1.0.0", 10))
	wants(10)
	s.reach(Object("beta", "1.0.0", 9))
	wants(10)
	s.quarantine("gamma")
	s.reach(Object("gamma", "1.0.0", 11)) // contained, and a witness all the same
	wants(11)
	if _, err := s.Target.Remove(background(), Production, "gamma", Fence(11)); err != nil {
		s.Errorf("remove gamma: %v", err)
	}
	wants(11)
}
