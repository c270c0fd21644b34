package targettest

import (
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
)

func startsEmpty(s *scene) {
	if inventory := s.all(); inventory.Apps == nil || len(inventory.Apps) != 0 || inventory.Witness != (target.Fence{}) {
		s.Errorf("an empty target holds %+v", inventory)
	}
	if o, ok := s.observe("expense-submit"); ok {
		s.Errorf("an app that never was is held as %+v", o)
	}
}

func createsAndUpdates(s *scene) {
	first, second := Object("expense-submit", "1.0.0", 1), Object("expense-submit", "1.1.0", 2)
	s.outcome("create", s.apply(s.planned(first, target.Create)), target.Done, first.Render)
	s.runs(first)
	s.quiet(first)
	s.outcome("update", s.apply(s.planned(second, target.Update)), target.Done, second.Render)
	s.runs(second)
	s.quiet(second)
	if o, _ := s.observe("expense-submit"); o.Document != nil {
		s.planned(first, target.Update, "version 1.1.0 → 1.0.0")
	}
}

func settles(s *scene) {
	objects := []target.Object{Object("beta", "1.0.0", 2), disabled(Object("gamma", "1.0.0", 3)), Object("alpha", "1.0.0", 1)}
	steps := s.Target.Plan(objects, s.all())
	var order []string
	for _, step := range steps {
		order = append(order, step.App)
	}
	if got := strings.Join(order, " "); got != "alpha beta gamma" {
		s.Errorf("the steps are for %s: not sorted", got)
	}
	s.reach(objects...)
	s.quiet(objects...)
	s.restart()
	s.quiet(objects...)
}

func repeats(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	step := s.planned(o, target.Create)
	s.outcome("create", s.apply(step), target.Done, o.Render)
	for range 2 {
		s.outcome("create again", s.apply(step), target.Unchanged, o.Render)
		s.runs(o)
		s.restart()
	}
}

func survivesRestart(s *scene) {
	o, off := Object("expense-submit", "1.0.0", 4), disabled(Object("rates-feed", "2.0.0", 5))
	s.reach(o, off)
	s.quarantine("rogue")
	s.restart()
	s.runs(o)
	s.held(off)
	s.marked("rogue")
	if inventory := s.all(); len(inventory.Apps) != 3 || inventory.Witness != off.Fence {
		s.Errorf("after a restart it holds %+v", inventory)
	}
}

func keepsTheAbsent(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.quiet()
	s.reach(Object("rates-feed", "1.0.0", 2))
	s.runs(o)
}

func keepsEnvironmentsApart(s *scene) {
	o := Object("expense-submit", "1.0.0", 7)
	s.reach(o)
	elsewhere, err := s.Target.Observe(background(), Staging)
	if err != nil || len(elsewhere.Apps) != 0 || elsewhere.Witness != (target.Fence{}) {
		s.Errorf("what went to production is seen in staging: %+v, %v", elsewhere, err)
	}
	older := Object("expense-submit", "0.9.0", 3)
	if _, err := s.Target.Apply(background(), Staging, target.Step{Verb: target.Create, App: o.App, Object: older}); err != nil {
		s.Errorf("create in staging: %v", err)
	}
	if got := s.Runs(Staging, o.App); got != older.Render {
		s.Errorf("staging runs %q", got)
	}
	if _, err := s.Target.Quarantine(background(), Staging, o.App, leak); err != nil {
		s.Errorf("quarantine in staging: %v", err)
	}
	s.runs(o)
}

func observesNamed(s *scene) {
	a, b := Object("alpha", "1.0.0", 1), Object("beta", "1.0.0", 2)
	s.reach(a, b)
	inventory, err := s.Target.Observe(background(), Production, "beta", "never-was")
	if err != nil || len(inventory.Apps) != 1 || inventory.Apps["beta"].Render != b.Render || inventory.Witness != b.Fence {
		s.Errorf("beta alone: %+v, %v", inventory, err)
	}
	if all := s.all(); len(all.Apps) != 2 || all.Apps["alpha"].Fence != a.Fence || all.Witness != b.Fence {
		s.Errorf("all: %+v", all)
	}
}
