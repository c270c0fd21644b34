package reconciler

import (
	"fmt"
	"sync"
	"time"
)

// readiness is what the daemon knows of how it does itself, for /readyz.
type readiness struct {
	mu     sync.Mutex
	passed time.Time // when the last pass ended well
	frozen string
	// unreachable is why the repository could not be asked in the last pass; it is no
	// finding against anybody.
	unreachable string
	// unfit is what is missing of the configuration: something is not applied, or cannot
	// be recorded, until somebody puts that right.
	unfit    string
	failures int // passes that failed since
	unlisted int // how often in a row the changes could not be looked at
}

// tooMany is how many passes have to fail in a row before the daemon is not ready: one
// may meet a server that is just being restarted.
const tooMany = 3

// passFailed notes a pass over the catalog that failed.
func (r *readiness) passFailed(done Done) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures++
	r.unreachable, r.unfit = "", done.Unfit
	if done.Applied.Unreachable {
		r.unreachable = done.Applied.Frozen
	}
}

// passEnded notes a pass over the catalog that ended well.
func (r *readiness) passEnded(done Done, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.passed, r.frozen, r.unfit = now, done.Applied.Frozen, done.Unfit
	r.unreachable, r.failures = "", 0
}

// listed notes how often in a row the changes could not be looked at; zero once they could.
func (r *readiness) listed(failures int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unlisted = failures
}

// trouble is why the daemon is not ready; empty while it is.
func (r *readiness) trouble() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.failures >= tooMany && r.unreachable != "":
		return "unreachable: " + r.unreachable
	case r.failures >= tooMany && r.unfit != "":
		return "not fit: " + r.unfit
	case r.failures >= tooMany:
		return fmt.Sprintf("the last %d passes failed; the daemon's log says why", r.failures)
	case r.unlisted >= tooMany:
		return fmt.Sprintf("the changes could not be looked at %d times; the daemon's log says why", r.unlisted)
	case r.passed.IsZero():
		return "no pass has ended yet"
	case r.frozen != "":
		return "frozen: " + r.frozen
	case r.unfit != "":
		return "not fit: " + r.unfit
	}
	return ""
}
