package targettest

import (
	"context"
	"errors"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
)

// patience is how long an event may take; it is not how long one takes.
const patience = 20 * time.Second

// watch has the target watched until the behaviour ends, and returns its events once the
// first has come.
func (s *scene) watch() <-chan target.Event {
	s.Helper()
	watcher, ok := s.Target.(target.Watcher)
	if !ok {
		s.Skip("the kind cannot watch")
	}
	events := make(chan target.Event, 10000)
	ctx, stop := context.WithCancel(background())
	ended := make(chan error, 1)
	go func() { ended <- watcher.Watch(ctx, func(e target.Event) { events <- e }) }()
	s.Cleanup(func() {
		stop()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				s.Errorf("watching ended with %v", err)
			}
		case <-time.After(patience):
			s.Error("watching does not end")
		}
	})
	select {
	case first := <-events:
		if first != (target.Event{}) {
			s.Errorf("the first event is about %+v, not about everything", first)
		}
	case <-time.After(patience):
		s.Fatal("watching tells nothing at first")
	}
	return events
}

// told waits for an event from which somebody would look at an app.
func (s *scene) told(events <-chan target.Event, app string) {
	s.Helper()
	end := time.After(patience)
	for {
		select {
		case e := <-events:
			if e == (target.Event{}) || e.Environment == Production && (e.App == app || e.App == "") {
				return
			}
		case <-end:
			s.Fatalf("that %s changed is not told", app)
		}
	}
}

// silent waits until nothing more is told.
func (s *scene) silent(events <-chan target.Event) {
	s.Helper()
	const pause = 300 * time.Millisecond
	for end := time.Now().Add(patience); time.Now().Before(end); {
		select {
		case <-events:
		case <-time.After(pause):
			return
		}
	}
	s.Fatal("it does not stop telling")
}

func watches(s *scene) {
	o, other := Object("expense-submit", "1.0.0", 1), Object("rates-feed", "1.0.0", 2)
	s.reach(o, other)
	events := s.watch()
	s.silent(events)
	for range 2 {
		s.Tamper(Production, o.App)
		s.told(events, o.App)
		s.reach(o, other)
		s.silent(events)
	}
	s.all()
	s.observe(o.App)
	s.preview(Object("expense-submit", "1.1.0", 3))
	s.quiet(o, other)
	select {
	case e := <-events:
		s.Errorf("what is only read is told: %+v", e)
	case <-time.After(300 * time.Millisecond):
	}
	s.quarantine(o.App)
	s.told(events, o.App)
	if s.Ail != nil {
		s.silent(events)
		s.Ail(Production, other.App, target.Health{State: target.Failing, Reason: "it restarts"})
		s.told(events, other.App)
	}
}

func watchesNew(s *scene) {
	events := s.watch()
	o := Object("expense-submit", "1.0.0", 1)
	s.reach(o)
	s.told(events, o.App)
	s.silent(events)
	s.Tamper(Production, o.App)
	s.told(events, o.App)
}
