package work

import (
	"maps"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// Agenda is which apps are to be looked at, and when: those that wait for room, those of
// which something follows by their state at a moment, and those that were tried in vain.
// It is used by passes, one at a time.
type Agenda struct {
	waiting  map[string]bool      // for room
	line     []string             // the same, in their order; nil where they changed since
	wake     map[string]time.Time // when by its state something follows for an app
	again    map[string]time.Time // when to look at an app besides
	failures map[string]int       // how often in a row something of an app failed
}

// NewAgenda returns an empty one.
func NewAgenda() *Agenda {
	return &Agenda{waiting: map[string]bool{}, wake: map[string]time.Time{}, again: map[string]time.Time{}, failures: map[string]int{}}
}

// Enqueue has apps wait for room.
func (a *Agenda) Enqueue(names ...string) {
	for _, name := range names {
		if !a.waiting[name] {
			a.waiting[name], a.line = true, nil
		}
	}
}

// Dequeue takes up to n apps that wait: those whose records lie near each other, since what
// follows of them is recorded together.
func (a *Agenda) Dequeue(n int) []string {
	if a.line == nil {
		a.line = slices.Collect(maps.Keys(a.waiting))
		chain.ByFolder(a.line)
	}
	n = min(n, len(a.line))
	taken := a.line[:n:n]
	a.line = a.line[n:]
	for _, name := range taken {
		delete(a.waiting, name)
	}
	return taken
}

// Waiting is how many apps wait for room.
func (a *Agenda) Waiting() int { return len(a.waiting) }

// Wake has an app looked at when by its state something follows, and not before; the zero
// moment is never.
func (a *Agenda) Wake(app string, at time.Time) {
	if at.IsZero() {
		delete(a.wake, app)
		return
	}
	a.wake[app] = at
}

// WakeToo looks at an app at a moment, unless it is looked at before. The zero moment is
// never.
func (a *Agenda) WakeToo(app string, at time.Time) {
	if !at.IsZero() {
		a.Wake(app, Earliest(a.wake[app], at))
	}
}

// TryAgain has an app looked at besides, whatever its state is then, because something was
// tried in vain, or somebody else is at it until then.
func (a *Agenda) TryAgain(app string, at time.Time) { a.again[app] = Earliest(a.again[app], at) }

// TriedAgain is when an app is looked at besides; zero for never.
func (a *Agenda) TriedAgain(app string) time.Time { return a.again[app] }

// The first pause after something of an app failed, and the longest.
const firstRetry, longestRetry = 2 * time.Second, 5 * time.Minute

// Retry looks at an app again after a while that grows with each failure.
func (a *Agenda) Retry(app string, now time.Time) {
	n := a.failures[app]
	a.failures[app] = n + 1
	a.TryAgain(app, now.Add(min(firstRetry<<min(n, 10), longestRetry)))
}

// Succeeded forgets the failures of an app.
func (a *Agenda) Succeeded(app string) { delete(a.failures, app) }

// Due takes the apps whose moment has come.
func (a *Agenda) Due(now time.Time) []string {
	var due []string
	for _, moments := range []map[string]time.Time{a.wake, a.again} {
		for name, at := range moments {
			if !at.After(now) {
				delete(moments, name)
				due = append(due, name)
			}
		}
	}
	slices.Sort(due)
	return slices.Compact(due)
}

// Next is the first moment at which an app is to be looked at; zero for never.
func (a *Agenda) Next() time.Time {
	var next time.Time
	for _, moments := range []map[string]time.Time{a.wake, a.again} {
		for _, at := range moments {
			next = Earliest(next, at)
		}
	}
	return next
}

// Moments are when apps are to be looked at, by name.
func (a *Agenda) Moments() map[string]time.Time {
	all := maps.Clone(a.wake)
	for app, at := range a.again {
		all[app] = Earliest(all[app], at)
	}
	return all
}

// Earliest is the sooner of two moments, of which the zero one is never.
func Earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
