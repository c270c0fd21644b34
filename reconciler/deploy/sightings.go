package deploy

import (
	"maps"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// appearance is what a look at an app found, as far as it matters whether that is news.
type appearance struct {
	render   catalog.Digest
	disabled bool
	marked   bool
	less     bool // it carries the mark of a throttle
	drift    string
	health   target.HealthState
	share    int
	until    time.Time // of the share
}

func appearanceOf(o target.Observed) appearance {
	health := o.Health.Bounded()
	return appearance{o.Render, o.Disabled, o.Mark != nil, o.Throttle != nil, o.Drift, health.State, health.Share, health.Until}
}

// well reports whether nothing follows from it for an app of which nothing was known.
func (s appearance) well() bool {
	return s.drift == "" && !s.marked && !s.less && (s.health == "" || s.health == target.Ready)
}

// sightings are what looks at single apps found. Watchers and effects add to them, passes
// take them.
type sightings struct {
	mu    sync.Mutex
	found map[nudged]appearance        // by the last look of any kind
	looks map[nudged]observedAt        // for the next pass
	all   bool                         // the next pass shall look at everything
	again map[string]func(nudged) bool // looks at an app of a target once more
}

func newSightings() *sightings {
	return &sightings{found: map[nudged]appearance{}, looks: map[nudged]observedAt{}, again: map[string]func(nudged) bool{}}
}

// watched names who looks at the apps of a target.
func (s *sightings) watched(target string, look func(nudged) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.again[target] = look
}

// wantAll has the next pass look at everything.
func (s *sightings) wantAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = true
}

// wantsAll reports whether everything shall be looked at.
func (s *sightings) wantsAll() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

// lookedAtAll begins a look at everything.
func (s *sightings) lookedAtAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = false
}

// add keeps what a look at one app found for the next pass, and reports whether that is
// news.
func (s *sightings) add(n nudged, seen observedAt) bool {
	o, there := seen.inventory.Apps[n.app]
	s.mu.Lock()
	defer s.mu.Unlock()
	before, known := s.found[n]
	now := appearanceOf(o)
	s.found[n] = now
	if known && before == now || !known && there && now.well() {
		return false
	}
	s.looks[n] = seen
	return true
}

// note remembers what any other look found.
func (s *sightings) note(target, environment string, apps map[string]target.Observed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for app, o := range apps {
		s.found[nudged{target, environment, app}] = appearanceOf(o)
	}
}

// take returns what was found of single apps since it was asked last.
func (s *sightings) take() map[nudged]observedAt {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := maps.Clone(s.looks)
	clear(s.looks)
	return taken
}

// lookAgain has an app looked at once more, as if nothing was known of it: what was found
// said nothing, because the app was being changed.
func (s *sightings) lookAgain(n nudged) {
	s.mu.Lock()
	again := s.again[n.target]
	delete(s.found, n)
	s.mu.Unlock()
	if again != nil {
		again(n)
	}
}
