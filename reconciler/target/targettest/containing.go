package targettest

import "github.com/levee-gitops/levee/reconciler/target"

func containsRunning(s *scene) {
	o, other := Object("expense-submit", "1.0.0", 1), Object("rates-feed", "1.0.0", 2)
	s.reach(o, other)
	s.outcome("quarantine", s.quarantine(o.App), target.Done, o.Render)
	s.stands(o.App)
	if got := s.marked(o.App); got.Render != o.Render || got.Drift != "" {
		s.Errorf("a contained app is held as %+v", got)
	}
	s.quiet(o, other)
	s.runs(other)
}

func containsUnknown(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.outcome("quarantine", s.quarantine(o.App), target.Done, "")
	if got := s.marked(o.App); got.Render != "" {
		s.Errorf("an app that is only marked is held as %+v", got)
	}
	s.restart()
	s.outcome("create", s.apply(s.planned(o, target.Create, "contained")), target.Contained, o.Render)
	s.stands(o.App)
	s.marked(o.App)
	s.quiet(o)
	s.outcome("release", s.release(o.App), target.Done, o.Render)
	s.reach(o)
	s.runs(o)
	s.quiet(o)
}

func containsTwice(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.quarantine(o.App)
	s.restart()
	later := leak
	later.Reason, later.By, later.At = "again", "somebody", leak.At.Add(1)
	receipt, err := s.Target.Quarantine(background(), Production, o.App, later)
	if err != nil {
		s.Fatalf("quarantine again: %v", err)
	}
	s.outcome("quarantine again", receipt, target.Unchanged, o.Render)
	s.marked(o.App)
	s.stands(o.App)
	s.outcome("apply", s.apply(target.Step{Verb: target.Correct, App: o.App, Object: o}), target.Contained, o.Render)
	s.stands(o.App)
}

func containsInEarnest(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	drill := target.Mark{Reason: "a drill", By: "somebody", At: leak.At.Add(-1), Drill: true}
	for _, c := range []struct {
		mark target.Mark
		want target.Outcome
	}{{drill, target.Done}, {drill, target.Unchanged}, {leak, target.Done}, {drill, target.Unchanged}, {leak, target.Unchanged}} {
		receipt, err := s.Target.Quarantine(background(), Production, o.App, c.mark)
		if err != nil {
			s.Fatalf("quarantine as %q: %v", c.mark.Reason, err)
		}
		s.outcome("quarantine as "+c.mark.Reason, receipt, c.want, o.Render)
		s.stands(o.App)
	}
	if got := s.marked(o.App); got.Mark.Drill {
		s.Error("what is in earnest is held as a drill")
	}
}

func waitsForRelease(s *scene) {
	old, fix, newest := Object("expense-submit", "1.0.0", 1), Object("expense-submit", "1.0.1", 2), Object("expense-submit", "1.0.2", 3)
	s.reach(old)
	s.quarantine(old.App)
	for _, o := range []target.Object{fix, newest} {
		step := s.planned(o, target.Update, "contained")
		for range 2 {
			s.outcome("apply while contained", s.apply(step), target.Contained, o.Render)
			s.stands(o.App)
		}
		if got := s.marked(o.App); got.Render != o.Render || got.Fence != o.Fence {
			s.Errorf("what waits is held as %+v", got)
		}
		s.quiet(o)
		s.restart()
	}
	s.outcome("release", s.release(old.App), target.Done, newest.Render)
	s.restart()
	s.stands(old.App) // until it is applied: a release starts nothing by itself
	if got, _ := s.observe(old.App); got.Mark != nil || got.Drift == "" {
		s.Errorf("a released app is held as %+v: neither marked nor as applied", got)
	}
	s.outcome("apply after release", s.apply(s.planned(newest, target.Correct)), target.Done, newest.Render)
	s.runs(newest)
	s.quiet(newest)
}

func cutsAgain(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.quarantine(o.App)
	s.Tamper(Production, o.App)
	if got := s.marked(o.App); s.Runs(Production, o.App) == "" && got.Drift == "" {
		return // tampering cannot make it run, and is nothing to tell of
	} else if got.Drift == "" {
		s.Errorf("it runs while contained, and is held as %+v", got)
	}
	s.outcome("correct", s.apply(s.planned(o, target.Correct)), target.Contained, o.Render)
	s.stands(o.App)
	s.quiet(o)
	s.Tamper(Production, o.App)
	s.outcome("quarantine", s.quarantine(o.App), target.Done, o.Render)
	s.stands(o.App)
}

func containsDisabled(s *scene) {
	o := disabled(Object("expense-submit", "1.0.0", 1))
	s.reach(o)
	s.quarantine(o.App)
	s.marked(o.App)
	s.held(o)
	s.reach(o)
	s.release(o.App)
	s.reach(o)
	s.stands(o.App)
	s.held(o)
	s.quiet(o)
	o.Disabled = false
	s.reach(o)
	s.runs(o)
}

func releasesNothing(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.outcome("release", s.release(o.App), target.Unchanged, o.Render)
	s.runs(o)
	s.outcome("release of an app that never was", s.release("never-was"), target.Unchanged, "")
	s.quarantine("never-was")
	s.outcome("release of an app that was only marked", s.release("never-was"), target.Done, "")
	if all := s.all(); len(all.Apps) != 1 {
		s.Errorf("a released mark leaves %+v behind", all.Apps)
	}
}
