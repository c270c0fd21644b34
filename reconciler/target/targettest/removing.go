package targettest

import "github.com/levee-gitops/levee/reconciler/target"

func (s *scene) remove(app string, admission int64) target.Receipt {
	s.Helper()
	receipt, err := s.Target.Remove(background(), Production, app, Fence(admission))
	if err != nil {
		s.Fatalf("remove %s: %v", app, err)
	}
	return receipt
}

func removes(s *scene) {
	o, off, other := Object("expense-submit", "1.0.0", 1), disabled(Object("sleeper", "1.0.0", 2)), Object("rates-feed", "1.0.0", 3)
	s.reach(o, off, other)
	s.Tamper(Production, o.App)
	for _, app := range []string{o.App, off.App} {
		s.outcome("remove", s.remove(app, 3), target.Done, "")
		s.outcome("remove again", s.remove(app, 3), target.Unchanged, "")
		s.stands(app)
		if got, ok := s.observe(app); ok {
			s.Errorf("a removed app is held as %+v", got)
		}
	}
	s.restart()
	if all := s.all(); len(all.Apps) != 1 {
		s.Errorf("after removing two of three: %+v", all.Apps)
	}
	s.runs(other)
	again := Object("expense-submit", "2.0.0", 9)
	s.reach(again)
	s.runs(again)
}

func refusesOlderRemoval(s *scene) {
	o := Object("expense-submit", "1.0.0", 5)
	s.reach(o)
	_, err := s.Target.Remove(background(), Production, o.App, Fence(4))
	s.refused("remove by an older admission", err, target.ErrFenced)
	s.runs(o)
	s.outcome("remove by its own", s.remove(o.App, 5), target.Done, "")
}

func removesContained(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.quarantine(o.App)
	s.outcome("remove", s.remove(o.App, 1), target.Done, "")
	if got := s.marked(o.App); got.Render != "" {
		s.Errorf("a removed app is held as %+v", got)
	}
	s.outcome("create", s.apply(target.Step{Verb: target.Create, App: o.App, Object: o}), target.Contained, o.Render)
	s.stands(o.App)
}

func leavesForeign(s *scene) {
	if s.Plant == nil {
		s.Skip("nothing foreign can stand where an app of this kind goes")
	}
	o := Object("expense-submit", "1.0.0", 1)
	untouched := s.Plant(Production, o.App)
	check := func(after string) {
		s.Helper()
		if !untouched() {
			s.Errorf("after %s, what is not ours is not as it was", after)
		}
		if got, ok := s.observe(o.App); ok && got.Render != "" {
			s.Errorf("after %s, what is not ours is held as %+v", after, got)
		}
	}
	check("observe")
	s.quiet()
	for range 2 {
		_, err := s.Target.Apply(background(), Production, s.planned(o, target.Create))
		s.refused("create", err, target.ErrForeign)
		check("create")
		s.restart()
	}
	s.outcome("remove", s.remove(o.App, 1), target.Unchanged, "")
	check("remove")
	s.quarantine(o.App)
	check("quarantine")
	s.release(o.App)
	check("release")
}
