package kubernetes

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// crash ends a process at one of its writes: nothing it asks afterwards arrives.
type crash struct {
	mu    sync.Mutex
	left  int  // writes until then
	after bool // the API server does the write, and the process does not live to hear of it
	dead  bool
}

func (c *crash) answer(w http.ResponseWriter, r *http.Request, pass http.Handler) {
	c.mu.Lock()
	dead, now := c.dead, false
	if !dead && writing(r) {
		c.left--
		now = c.left == 0
		c.dead = now
	}
	c.mu.Unlock()
	switch {
	case dead, now && !c.after:
		kubetest.Reset(w, r, pass)
	case now:
		kubetest.Lose(w, r, pass)
	default:
		pass.ServeHTTP(w, r)
	}
}

// ended reports whether the process did.
func (c *crash) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dead
}

// leastCrashes is how many points there are at which the life of two apps can be broken off.
const leastCrashes = 51

// TestCrashes: a process that ends before or after any of its writes, in any deed, is followed
// by one that knows nothing of it and comes to the same end; what is said to be done is, and
// what others put there is not touched. In each round every deed is broken off at the same
// of its writes, until none has so many.
func TestCrashes(t *testing.T) {
	kubetest.Skip(t)
	for name, after := range map[string]bool{"before a write": false, "after a write": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFaulty(t)
			f.mustApply(targettest.Object("board", "0.9.0", 1))
			untouched := f.others()
			points := 0
			for round := int64(1); ; round++ {
				met := 0
				for _, d := range f.deeds(t.Context(), round) {
					f.target = rendering{f.through(), f.cluster}
					c := &crash{left: int(round), after: after}
					f.proxy.Begin(kubetest.Fault{Answer: c.answer})
					if err := d.do(); err == nil {
						if not := d.is(); not != "" {
							t.Errorf("%s is said to be done, and %s", d.name, not)
						}
					} else if !c.ended() {
						if !strings.Contains(err.Error(), "being deleted") { // by the round before
							t.Errorf("%s fails before the crash: %v", d.name, err)
						}
					} else {
						f.honest(d, err)
					}
					if c.ended() {
						met++
					}
					f.proxy.Begin(kubetest.Fault{})
					f.target = rendering{f.through(), f.cluster}
					f.insist(d)
				}
				points += met
				if met == 0 {
					break
				}
			}
			if points < leastCrashes {
				t.Errorf("%d points, there were %d", points, leastCrashes)
			}
			if !untouched() {
				t.Error("what others put there was touched")
			}
			t.Logf("%d points", points)
		})
	}
}
