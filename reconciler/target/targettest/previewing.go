package targettest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// preview is what applying an object would do; it must not have done anything.
func (s *scene) preview(o target.Object) target.Preview {
	s.Helper()
	before := s.print()
	p, err := s.Target.Preview(background(), Production, o)
	if err != nil {
		s.Fatalf("preview %s: %v", o.App, err)
	}
	if after := s.print(); after != before {
		s.Errorf("a preview wrote: it was\n%s\nand is\n%s", before, after)
	}
	for _, item := range p.Items {
		if item.What == "" || item.Verb != target.ItemCreate && item.Verb != target.ItemChange && item.Verb != target.ItemRemove {
			s.Errorf("a preview has the item %+v", item)
		}
	}
	return p
}

func (s *scene) print() string {
	if s.Print == nil {
		return ""
	}
	return s.Print()
}

// foretold applies an object, and wants the preview before to have said whether that does
// anything, with verbs among those named, and the preview after to be empty.
func (s *scene) foretold(what string, o target.Object, verbs ...target.ItemVerb) target.Preview {
	s.Helper()
	p := s.preview(o)
	for _, item := range p.Items {
		known := false
		for _, verb := range verbs {
			known = known || item.Verb == verb
		}
		if !known {
			s.Errorf("%s: the preview wants to %s %s, and not to %v", what, item.Verb, item.What, verbs)
		}
	}
	if len(verbs) > 0 && len(p.Items) == 0 {
		s.Errorf("%s: the preview sees nothing to do", what)
	}
	did := s.apply(target.Step{Verb: target.Correct, App: o.App, Object: o})
	if (did.Outcome == target.Unchanged) != (len(p.Items) == 0) && did.Outcome != target.Contained {
		s.Errorf("%s: the preview says %+v, and it was %s", what, p.Items, did.Outcome)
	}
	if again := s.preview(o); len(again.Items) > 0 {
		s.Errorf("%s: when it is done the preview still says %+v", what, again.Items)
	}
	return p
}

func previews(s *scene) {
	first, second := Object("expense-submit", "1.0.0", 1), Object("expense-submit", "1.1.0", 2)
	other := Object("rates-feed", "1.0.0", 1)
	s.foretold("create", first, target.ItemCreate)
	s.reach(other)
	proposed := second
	proposed.Fence = target.Fence{} // not admitted yet
	if p := s.preview(proposed); len(p.Items) == 0 || !strings.Contains(p.Items[0].Words+p.Items[0].Diff, "1.1.0") {
		s.Errorf("a preview of another version says %+v", p)
	}
	s.foretold("update", second, target.ItemChange)
	s.foretold("nothing", second)
	s.Tamper(Production, second.App)
	s.foretold("drift", second, target.ItemChange, target.ItemCreate)
	s.foretold("disable", disabled(second), target.ItemRemove, target.ItemCreate)
	third := Object("expense-submit", "1.2.0", 3)
	s.foretold("update of what is disabled", disabled(third), target.ItemChange)
	s.foretold("enable", third, target.ItemCreate, target.ItemRemove, target.ItemChange)
	s.runs(third)
	s.runs(other)
}

func previewsContained(s *scene) {
	o, fix := Object("expense-submit", "1.0.0", 1), Object("expense-submit", "1.0.1", 2)
	s.reach(o)
	s.quarantine(o.App)
	if p := s.preview(o); len(p.Items) > 0 {
		s.Errorf("what waits already is to be done again: %+v", p.Items)
	}
	p := s.foretold("a fix", fix, target.ItemChange, target.ItemCreate)
	if said := fmt.Sprint(p.Items); !strings.Contains(said, "contained") {
		s.Errorf("a preview does not say that the app is contained: %s", said)
	}
	s.stands(o.App)
	s.quarantine("never-was")
	s.foretold("what never was", Object("never-was", "1.0.0", 3), target.ItemCreate)
	s.stands("never-was")
}

// secrets are what must not be shown of a document.
const secret = "hunter2-correct-horse"

func previewsBounded(s *scene) {
	long := map[string]any{"render": "d1:long", "password": secret, "dsn": "postgres://app:" + secret + "@db/x"}
	for i := range 20000 {
		long[fmt.Sprintf("field-%d", i)] = strings.Repeat("x", 40)
	}
	raw, _ := json.Marshal(long) // plain values
	o := target.Object{App: "expense-submit", Render: "d1:long", Document: raw, Fence: Fence(1)}
	for range 2 {
		p := s.preview(o)
		said, _ := json.Marshal(p) // plain values
		if len(said) > 64<<10 || len(p.Items) == 0 {
			s.Errorf("a preview of %d bytes has %d items and %d bytes", len(raw), len(p.Items), len(said))
		}
		if strings.Contains(string(said), secret) {
			s.Errorf("a preview shows a secret")
		}
		s.reach(o)
		long["password"], o.Render, o.Fence = "another", "d1:longer", Fence(2)
		o.Document, _ = json.Marshal(long) // plain values
	}
}

func refusesPreview(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	nobody := o
	nobody.App = "../x"
	_, err := s.Target.Preview(background(), Production, nobody)
	s.refused("a name that is none", err, target.ErrPermanent)
	_, err = s.Target.Preview(background(), "Production", o)
	s.refused("an environment that is none", err, target.ErrPermanent)
	nothing := o
	nothing.Render = catalog.Digest("")
	_, err = s.Target.Preview(background(), Production, nothing)
	s.refused("an object that is none", err, target.ErrPermanent)
	over, cancel := context.WithCancel(background())
	cancel()
	_, err = s.Target.Preview(over, Production, o)
	s.refused("a call whose time is over", err, context.Canceled)
	if s.Plant != nil {
		untouched := s.Plant(Production, o.App)
		_, err = s.Target.Preview(background(), Production, o)
		s.refused("what is somebody else's", err, target.ErrForeign)
		if !untouched() {
			s.Error("a preview touched what is somebody else's")
		}
	}
}
