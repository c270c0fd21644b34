package targettest

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
)

func refusesNames(s *scene) {
	good := Object("expense-submit", "1.0.0", 1)
	s.reach(good)
	for _, name := range []string{"", ".", "..", "a/b", "../x", "A", "-a", "a-", "a_b", "a.b", "é", "a\x00", "1a", strings.Repeat("a", 64)} {
		bad := Object(name, "1.0.0", 1)
		for _, at := range []struct{ environment, app string }{{Production, name}, {name, good.App}} {
			ctx := background()
			if at.app == name {
				_, err := s.Target.Observe(ctx, at.environment, at.app)
				s.refused("observe", err, target.ErrPermanent)
			} else {
				_, err := s.Target.Observe(ctx, at.environment)
				s.refused("observe all", err, target.ErrPermanent)
			}
			o := good
			if at.app == name {
				o = bad
			}
			_, err := s.Target.Apply(ctx, at.environment, target.Step{Verb: target.Create, App: at.app, Object: o})
			s.refused("apply", err, target.ErrPermanent)
			_, err = s.Target.Quarantine(ctx, at.environment, at.app, leak)
			s.refused("quarantine", err, target.ErrPermanent)
			_, err = s.Target.Release(ctx, at.environment, at.app)
			s.refused("release", err, target.ErrPermanent)
			_, err = s.Target.Remove(ctx, at.environment, at.app, Fence(1))
			s.refused("remove", err, target.ErrPermanent)
		}
	}
	if all := s.all(); len(all.Apps) != 1 {
		s.Errorf("refused names are held: %+v", all.Apps)
	}
}

func refusesSteps(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	for what, step := range map[string]target.Step{
		"another app's object":      {Verb: target.Create, App: "rates-feed", Object: o},
		"disable, but not disabled": {Verb: target.Disable, App: o.App, Object: o},
		"enable, but disabled":      {Verb: target.Enable, App: o.App, Object: disabled(o)},
		"no document":               {Verb: target.Create, App: o.App, Object: target.Object{App: o.App, Render: o.Render, Fence: o.Fence}},
		"half a document":           {Verb: target.Create, App: o.App, Object: target.Object{App: o.App, Render: o.Render, Fence: o.Fence, Document: json.RawMessage(`{"a"`)}},
		"no render digest":          {Verb: target.Create, App: o.App, Object: target.Object{App: o.App, Fence: o.Fence, Document: o.Document}},
	} {
		_, err := s.Target.Apply(background(), Production, step)
		s.refused(what, err, target.ErrPermanent)
	}
	if all := s.all(); len(all.Apps) != 0 || all.Witness != (target.Fence{}) {
		s.Errorf("refused steps are held: %+v", all)
	}
}

func obeysContext(s *scene) {
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	over, cancel := context.WithCancel(background())
	cancel()
	_, err := s.Target.Observe(over, Production)
	s.refused("observe all", err, context.Canceled)
	_, err = s.Target.Observe(over, Production, o.App)
	s.refused("observe", err, context.Canceled)
	next := Object("expense-submit", "1.1.0", 2)
	_, err = s.Target.Apply(over, Production, target.Step{Verb: target.Update, App: o.App, Object: next})
	s.refused("apply", err, context.Canceled)
	_, err = s.Target.Quarantine(over, Production, o.App, leak)
	s.refused("quarantine", err, context.Canceled)
	_, err = s.Target.Release(over, Production, o.App)
	s.refused("release", err, context.Canceled)
	_, err = s.Target.Remove(over, Production, o.App, o.Fence)
	s.refused("remove", err, context.Canceled)
	s.runs(o)
	if got, _ := s.observe(o.App); got.Mark != nil {
		s.Errorf("a call whose time was over left the mark %+v", got.Mark)
	}
}
