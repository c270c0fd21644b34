package targettest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Progress is how far new content has come to the replicas of an app.
type Progress int

// How far it has come.
const (
	ShareHasIt  Progress = iota // the share has it, and the others wait
	AllHaveIt                   // so that nothing of older content is left
	ShareFailed                 // the share did not do well, and is taken back
)

// TestSharer holds a kind of target that is a target.Sharer to that ability. It asks for a fresh, empty
// world for every behaviour, one that plays what gives content to replicas.
func TestSharer(t *testing.T, fresh func(t *testing.T) World) {
	for _, behaviour := range []struct {
		name string
		test func(*scene)
	}{
		{"a share has new content first, and then all", sharesNewContent},
		{"a share that runs is told after a restart", sharesOnRestart},
		{"a share that fails is told, and left to people", sharesInVain},
		{"newer content overtakes a share", sharesNewer},
		{"content without a strategy comes to all", sharesNothing},
		{"a share that runs is contained and released", sharesContained},
		{"what is disabled has no share", sharesDisabled},
		{"a share that runs is removed", sharesRemoved},
		{"it is told what comes to a share", tellsAtOnce},
	} {
		t.Run(behaviour.name, func(t *testing.T) {
			behaviour.test(&scene{T: t, World: fresh(t)})
		})
	}
}

// share is the part of the replicas that the suite asks for.
const share = 20

// Sharing is an object whose document asks for a share of the replicas first.
func Sharing(o target.Object) target.Object {
	var document map[string]any
	if err := json.Unmarshal(o.Document, &document); err != nil {
		panic(err) // unreachable: Object made it
	}
	document["strategy"] = map[string]any{"share": share, "for": 1800}
	raw, err := catalog.Canonical(document)
	if err != nil {
		panic(err) // unreachable: plain values
	}
	o.Document = raw
	return o
}

func sharing(version string, admission int64) target.Object {
	return Sharing(Object("expense-submit", version, admission))
}

// comes brings an object to all replicas.
func (s *scene) comes(o target.Object) {
	s.Helper()
	s.reach(o)
	s.Play(Production, o.App, AllHaveIt)
	s.everywhere(o)
}

// everywhere wants an object to run on all replicas, and the target to have nothing to do.
func (s *scene) everywhere(o target.Object) {
	s.Helper()
	s.reach(o) // what made way for it may still have to go
	if h := s.health(o.App); h.State != target.Ready || h.Share != 0 || !h.Until.IsZero() {
		s.Errorf("what all replicas have does %+v", h)
	}
	s.runs(o)
	s.quiet(o)
}

// shared wants a share of the replicas to have an object, until a moment that is told.
func (s *scene) shared(o target.Object) target.Health {
	s.Helper()
	s.held(o)
	s.quiet(o)
	h := s.health(o.App)
	if h.State != target.Progressing || h.Share != share || h.Until.Before(time.Now()) || h.Reason == "" {
		s.Errorf("what a share of the replicas has does %+v", h)
	}
	return h
}

func sharesNewContent(s *scene) {
	first, next := sharing("1.0.0", 1), sharing("1.1.0", 2)
	s.comes(first)
	s.reach(next)
	if h := s.health(next.App); h.State != target.Progressing || h.Share > share {
		s.Errorf("what was just applied does %+v", h)
	}
	s.Play(Production, next.App, ShareHasIt)
	s.shared(next)
	s.Play(Production, next.App, AllHaveIt)
	s.everywhere(next)
}

func sharesOnRestart(s *scene) {
	s.comes(sharing("1.0.0", 1))
	next := sharing("1.1.0", 2)
	s.reach(next)
	s.Play(Production, next.App, ShareHasIt)
	before := s.shared(next)
	s.restart()
	again := next
	again.Fence = Fence(3) // admitted once more, and nothing about it changed
	s.outcome("once more", s.apply(target.Step{Verb: target.Correct, App: next.App, Object: again}), target.Unchanged, next.Render)
	if after := s.shared(again); after != before {
		s.Errorf("after a restart it does %+v, before %+v", after, before)
	}
}

func sharesInVain(s *scene) {
	s.comes(sharing("1.0.0", 1))
	next := sharing("1.1.0", 2)
	s.reach(next)
	s.Play(Production, next.App, ShareFailed)
	s.restart()
	if h := s.health(next.App); h.State != target.Failing || h.Share != share || h.Reason == "" || !h.Until.IsZero() {
		s.Errorf("what failed on its share does %+v", h)
	}
	s.held(next)
	s.quiet(next)
	mended := sharing("1.2.0", 3)
	s.reach(mended)
	if h := s.health(mended.App); h.State != target.Progressing {
		s.Errorf("what takes the place of it does %+v", h)
	}
	s.Play(Production, mended.App, AllHaveIt)
	s.everywhere(mended)
}

func sharesNewer(s *scene) {
	s.comes(sharing("1.0.0", 1))
	late, newest := sharing("1.1.0", 2), sharing("1.2.0", 3)
	s.reach(late)
	s.Play(Production, late.App, ShareHasIt)
	s.reach(newest)
	if h := s.health(newest.App); h.State != target.Progressing {
		s.Errorf("what overtakes does %+v", h)
	}
	_, err := s.Target.Apply(background(), Production, target.Step{Verb: target.Update, App: late.App, Object: late})
	s.refused("content that was overtaken", err, target.ErrFenced)
	s.Play(Production, newest.App, ShareHasIt)
	s.shared(newest)
	s.Play(Production, newest.App, AllHaveIt)
	s.everywhere(newest)
}

func sharesNothing(s *scene) {
	s.comes(sharing("1.0.0", 1))
	plain := Object("expense-submit", "1.1.0", 2)
	s.reach(plain)
	s.Play(Production, plain.App, AllHaveIt)
	s.everywhere(plain)
	back := sharing("1.2.0", 3)
	s.reach(back)
	s.Play(Production, back.App, AllHaveIt)
	s.everywhere(back)
}

func sharesContained(s *scene) {
	s.comes(sharing("1.0.0", 1))
	next := sharing("1.1.0", 2)
	s.reach(next)
	s.Play(Production, next.App, ShareHasIt)
	s.quarantine(next.App)
	s.stands(next.App)
	s.restart()
	s.outcome("new content", s.apply(target.Step{Verb: target.Update, App: next.App, Object: next}), target.Contained, next.Render)
	s.stands(next.App)
	if o := s.marked(next.App); o.Drift != "" || o.Health != (target.Health{}) {
		s.Errorf("what is contained is held as %+v", o)
	}
	s.release(next.App)
	s.reach(next)
	s.Play(Production, next.App, AllHaveIt)
	s.everywhere(next)
}

func sharesDisabled(s *scene) {
	s.comes(sharing("1.0.0", 1))
	next := disabled(sharing("1.1.0", 2))
	s.reach(next)
	s.stands(next.App)
	if o := s.held(next); o.Health != (target.Health{}) {
		s.Errorf("what shall not run does %+v", o.Health)
	}
	s.quiet(next)
}

func sharesRemoved(s *scene) {
	s.comes(sharing("1.0.0", 1))
	next := sharing("1.1.0", 2)
	s.reach(next)
	s.Play(Production, next.App, ShareHasIt)
	if _, err := s.Target.Remove(background(), Production, next.App, Fence(3)); err != nil {
		s.Fatal(err)
	}
	s.stands(next.App)
	if o, there := s.observe(next.App); there {
		s.Errorf("what was removed is held as %+v", o)
	}
}

func tellsAtOnce(s *scene) {
	words, err := target.ToReplicas(background(), s.Target, Production, sharing("1.0.0", 1))
	if err != nil || !strings.Contains(words, "it is applied at once, and not to 20% of the replicas first, for 30m, since ") {
		s.Errorf("of the first content it is said %q, %v", words, err)
	}
	if all := s.all(); len(all.Apps) > 0 {
		s.Errorf("asking put there %+v", all.Apps)
	}
	s.comes(sharing("1.0.0", 1))
	for _, o := range []target.Object{Object("expense-submit", "1.1.0", 2), disabled(sharing("1.1.0", 2))} {
		if words, err := target.ToReplicas(background(), s.Target, Production, o); words != "" || err != nil {
			s.Errorf("of what asks for no share it is said %q, %v", words, err)
		}
	}
	words, err = target.ToReplicas(background(), s.Target, Production, sharing("1.1.0", 2))
	if err != nil || words != "it comes to 20% of the replicas first, for 30m, and then to the others" {
		s.Errorf("of what asks for a share it is said %q, %v", words, err)
	}
	s.held(sharing("1.0.0", 1))
}
