package targettest

import "github.com/levee-gitops/levee/reconciler/target"

func correctsDrift(s *scene) {
	o, other := Object("expense-submit", "1.0.0", 1), Object("rates-feed", "1.0.0", 2)
	s.reach(o, other)
	s.Tamper(Production, o.App)
	for range 2 { // seen by a target that saw it before, and by one that did not
		seen, _ := s.observe(o.App)
		if seen.Drift == "" || seen.Render != o.Render {
			s.Errorf("after tampering it is held as %+v", seen)
		}
		s.restart()
	}
	all := s.all()
	if all.Apps[o.App].Drift == "" || all.Apps[other.App].Drift != "" {
		s.Errorf("drift is told of the wrong app: %+v", all.Apps)
	}
	step := s.planned(o, target.Correct, "drift: ")
	s.outcome("correct", s.apply(step), target.Done, o.Render)
	s.runs(o)
	s.quiet(o, other)
	s.outcome("correct again", s.apply(step), target.Unchanged, o.Render)
}

func updatesDrifted(s *scene) {
	old, o := Object("expense-submit", "1.0.0", 1), Object("expense-submit", "1.1.0", 2)
	s.reach(old)
	s.Tamper(Production, o.App)
	s.outcome("update", s.apply(s.planned(o, target.Update, "drift: ")), target.Done, o.Render)
	s.runs(o)
	s.quiet(o)
}

func disablesAndEnables(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	off := s.planned(disabled(o), target.Disable)
	s.outcome("disable", s.apply(off), target.Done, o.Render)
	s.stands(o.App)
	s.held(disabled(o))
	s.outcome("disable again", s.apply(off), target.Unchanged, o.Render)
	s.quiet(disabled(o))
	s.restart()
	s.held(disabled(o))
	on := s.planned(o, target.Enable)
	s.outcome("enable", s.apply(on), target.Done, o.Render)
	s.runs(o)
	s.outcome("enable again", s.apply(on), target.Unchanged, o.Render)
	s.quiet(o)
}

func arrivesDisabled(s *scene) {
	o := disabled(Object("expense-submit", "1.0.0", 1))
	s.outcome("create", s.apply(s.planned(o, target.Create, "disabled")), target.Done, o.Render)
	s.stands(o.App)
	s.held(o)
	s.quiet(o)
	o.Disabled = false
	s.reach(o)
	s.runs(o)
}

func updatesDisabled(s *scene) {
	old, o := disabled(Object("expense-submit", "1.0.0", 1)), disabled(Object("expense-submit", "1.1.0", 2))
	s.reach(old)
	s.outcome("update", s.apply(s.planned(o, target.Update)), target.Done, o.Render)
	s.stands(o.App)
	s.held(o)
	newest := Object("expense-submit", "1.2.0", 3)
	s.outcome("enable with new content", s.apply(s.planned(newest, target.Enable)), target.Done, newest.Render)
	s.runs(newest)
	s.outcome("disable with new content", s.apply(s.planned(disabled(Object("expense-submit", "1.3.0", 4)), target.Disable)),
		target.Done, Object("expense-submit", "1.3.0", 4).Render)
	s.stands(o.App)
}
