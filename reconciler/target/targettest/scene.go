package targettest

import (
	"errors"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// observe returns what is held of one app.
func (s *scene) observe(app string) (target.Observed, bool) {
	s.Helper()
	inventory, err := s.Target.Observe(background(), Production, app)
	if err != nil {
		s.Fatalf("observe %s: %v", app, err)
	}
	o, ok := inventory.Apps[app]
	if len(inventory.Apps) > 1 || ok && o.App != app {
		s.Fatalf("observe %s: %+v", app, inventory)
	}
	return o, ok
}

// all returns what is held in production.
func (s *scene) all() target.Inventory {
	s.Helper()
	inventory, err := s.Target.Observe(background(), Production)
	if err != nil {
		s.Fatalf("observe all: %v", err)
	}
	return inventory
}

// reach plans and applies until objects are what is there, in one pass.
func (s *scene) reach(objects ...target.Object) []target.Receipt {
	s.Helper()
	var receipts []target.Receipt
	for _, step := range s.Target.Plan(objects, s.all()) {
		receipts = append(receipts, s.apply(step))
	}
	return receipts
}

// apply does one step that must succeed.
func (s *scene) apply(step target.Step) target.Receipt {
	s.Helper()
	receipt, err := s.Target.Apply(background(), Production, step)
	if err != nil {
		s.Fatalf("%s %s (%s): %v", step.Verb, step.App, step.Reason, err)
	}
	return receipt
}

// quarantine marks an app; it must succeed.
func (s *scene) quarantine(app string) target.Receipt {
	s.Helper()
	receipt, err := s.Target.Quarantine(background(), Production, app, leak)
	if err != nil {
		s.Fatalf("quarantine %s: %v", app, err)
	}
	return receipt
}

// release takes a mark away; it must succeed.
func (s *scene) release(app string) target.Receipt {
	s.Helper()
	receipt, err := s.Target.Release(background(), Production, app)
	if err != nil {
		s.Fatalf("release %s: %v", app, err)
	}
	return receipt
}

// refused wants an error that is one of the contract's.
func (s *scene) refused(what string, err, want error) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Errorf("%s: %v, not: %v", what, err, want)
	}
}

// outcome wants a receipt to say what was done and what is held.
func (s *scene) outcome(what string, got target.Receipt, want target.Outcome, render catalog.Digest) {
	s.Helper()
	if got.Outcome != want || got.Render != render {
		s.Errorf("%s: receipt says %s of %s, not %s of %s", what, got.Outcome, got.Render, want, render)
	}
}

// runs wants an object to run as it was given, and the target to say so.
func (s *scene) runs(o target.Object) {
	s.Helper()
	if got := s.Runs(Production, o.App); got != o.Render {
		s.Errorf("%s: %q runs, not %s", o.App, got, o.Render)
	}
	s.held(o)
}

// stands wants nothing to run under an app's name.
func (s *scene) stands(app string) {
	s.Helper()
	if got := s.Runs(Production, app); got != "" {
		s.Errorf("%s: %s runs, and nothing shall", app, got)
	}
}

// held wants the target to hold an object, without drift.
func (s *scene) held(o target.Object) target.Observed {
	s.Helper()
	got, ok := s.observe(o.App)
	if !ok || got.Render != o.Render || got.Fence != o.Fence || got.Disabled != o.Disabled || got.Drift != "" {
		s.Errorf("%s is held as %+v, not as %s %+v disabled=%t", o.App, got, o.Render, o.Fence, o.Disabled)
	}
	if got.Document != nil && string(got.Document) != string(o.Document) {
		s.Errorf("%s is held with the document %s", o.App, got.Document)
	}
	return got
}

// marked wants an app to be contained, with the mark it was given.
func (s *scene) marked(app string) target.Observed {
	s.Helper()
	o, ok := s.observe(app)
	if !ok || o.Mark == nil || o.Mark.Reason != leak.Reason || o.Mark.By != leak.By || !o.Mark.At.Equal(leak.At) {
		s.Errorf("%s carries the mark %+v", app, o.Mark)
	}
	return o
}

// planned wants one step of a verb for an object, whose reason mentions words.
func (s *scene) planned(o target.Object, verb target.Verb, words ...string) target.Step {
	s.Helper()
	steps := s.Target.Plan([]target.Object{o}, s.all())
	if len(steps) != 1 || steps[0].Verb != verb || steps[0].App != o.App {
		s.Fatalf("planned for %s: %+v, not one %s", o.App, steps, verb)
	}
	for _, word := range words {
		if !strings.Contains(steps[0].Reason, word) {
			s.Errorf("the reason %q does not mention %q", steps[0].Reason, word)
		}
	}
	return steps[0]
}

// quiet wants nothing to be planned for objects.
func (s *scene) quiet(objects ...target.Object) {
	s.Helper()
	if steps := s.Target.Plan(objects, s.all()); len(steps) > 0 {
		s.Errorf("still planned: %+v", steps)
	}
}

// restart forgets all that the target remembers outside its world.
func (s *scene) restart() {
	if s.Restart != nil {
		s.Target = s.Restart()
	}
}
