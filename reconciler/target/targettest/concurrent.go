package targettest

import (
	"fmt"
	"sync"

	"github.com/levee-gitops/levee/reconciler/target"
)

// crowd is how many apps are acted on at once.
const crowd = 12

func actsConcurrently(s *scene) {
	var group sync.WaitGroup
	for i := range crowd {
		group.Go(func() {
			app := fmt.Sprintf("app-%d", i)
			for n := range int64(3) {
				o := Object(app, fmt.Sprintf("1.%d.0", n), n*crowd+int64(i)+1)
				if _, err := s.Target.Apply(background(), Production, target.Step{Verb: target.Update, App: app, Object: o}); err != nil {
					s.Errorf("apply %s: %v", app, err)
				}
			}
			switch i % 3 {
			case 0:
				if _, err := s.Target.Quarantine(background(), Production, app, leak); err != nil {
					s.Errorf("quarantine %s: %v", app, err)
				}
			case 1:
				if _, err := s.Target.Remove(background(), Production, app, Fence(3*crowd)); err != nil {
					s.Errorf("remove %s: %v", app, err)
				}
			}
		})
	}
	group.Wait()
	all := s.all()
	if all.Witness != Fence(3*crowd) {
		s.Errorf("the witness is %+v", all.Witness)
	}
	for i := range crowd {
		app := fmt.Sprintf("app-%d", i)
		o := Object(app, "1.2.0", int64(2*crowd+i+1))
		switch _, held := all.Apps[app]; {
		case i%3 == 0:
			s.marked(app)
			s.stands(app)
		case i%3 == 1 && held:
			s.Errorf("%s was removed and is held", app)
		case i%3 == 2:
			s.runs(o)
		}
	}
}

func observesConcurrently(s *scene) {
	still := Object("rates-feed", "1.0.0", 1)
	s.reach(still)
	var group sync.WaitGroup
	group.Go(func() {
		for n := range int64(10) {
			o := Object("expense-submit", fmt.Sprintf("1.%d.0", n), n+2)
			o.Disabled = n%3 == 2
			if _, err := s.Target.Apply(background(), Production, target.Step{Verb: target.Update, App: o.App, Object: o}); err != nil {
				s.Errorf("apply: %v", err)
			}
		}
	})
	for range 10 {
		all, err := s.Target.Observe(background(), Production)
		if err != nil {
			s.Errorf("observe beside applies: %v", err)
		}
		for app, o := range all.Apps {
			if o.Drift != "" {
				s.Errorf("an apply on its way is taken for drift of %s: %s", app, o.Drift)
			}
		}
		if _, ok := all.Apps[still.App]; !ok {
			s.Errorf("%s is missing beside applies of another", still.App)
		}
	}
	group.Wait()
}
