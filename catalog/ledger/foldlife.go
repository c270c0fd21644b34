package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog/scalar"
)

// notice keeps the last word on each notice. What is kept is bounded by epochs
// and not by notices: to forget one of an epoch that goes on would send it again.
func (a *appFolding) notice(b Notice) {
	effect := NewEffect("notify", b.Key)
	if open, ok := a.Claims[effect]; ok && (b.Claim == 0 || b.Claim == open.Seq) {
		a.Claims = without(a.Claims, effect)
	}
	if b.Change != "" {
		mention(a.App, b)
		return
	}
	a.Notices = with(a.Notices, b.Key, b)
	last := map[Epoch]time.Time{}
	for _, n := range a.Notices {
		if last[n.Epoch].IsZero() || n.At.After(last[n.Epoch]) {
			last[n.Epoch] = n.At
		}
	}
	if len(last) <= keepEpochs {
		return
	}
	delete(last, a.Epoch)
	delete(last, b.Epoch)
	oldest := slices.MinFunc(slices.Collect(maps.Keys(last)), func(x, y Epoch) int {
		return cmp.Or(last[x].Compare(last[y]), cmp.Compare(x, y))
	})
	maps.DeleteFunc(a.Notices, func(_ string, n Notice) bool { return n.Epoch == oldest }) // a copy since with
}

// mention keeps a notice about a change as long as the change is open: one that ended
// meanwhile waits for nobody.
func mention(a *App, b Notice) {
	c, open := a.Changes[b.Change]
	if !open {
		return
	}
	c.Mentions = with(c.Mentions, b.Key, b)
	if len(c.Mentions) > keepMentions {
		oldest := slices.MinFunc(slices.Collect(maps.Values(c.Mentions)), func(x, y Notice) int {
			return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Key, y.Key))
		})
		delete(c.Mentions, oldest.Key) // a copy since with
	}
	a.Changes = with(a.Changes, b.Change, c)
}

// Told reports whether anybody was told of an epoch.
func (a App) Told(epoch Epoch) bool {
	for _, n := range a.Notices {
		if n.Epoch == epoch && n.Delivered {
			return true
		}
	}
	return false
}

// renewal notes that a change asks for a longer life. The first of an epoch counts.
func (a *appFolding) renewal(b Decision) {
	if b.Renews != "" && (a.Renewal == nil || a.Renewal.Epoch != b.Renews) {
		a.Renewal = &Renewal{Epoch: b.Renews, Change: b.Change, At: a.r.At}
	}
}

// renewed ends the request of a change that closed.
func (a *App) renewed(change string) {
	if a.Renewal != nil && a.Renewal.Change == change && !a.Renewal.Closed {
		ended := *a.Renewal
		ended.Closed = true
		a.Renewal = &ended
	}
}

func (a *appFolding) transition(b Transition) error {
	known := []Stage{Active, Expiring, Due, Disabled, Archived, Tombstoned}
	switch {
	case !scalar.IsName(a.Name):
		return fmt.Errorf("%w: %s has no stages", ErrInvalid, a.Name)
	case b.From != a.Stage:
		return fmt.Errorf("%w: a transition from %s, but %s is %s", ErrInvalid, b.From, a.Name, a.Stage)
	case b.To == b.From || !slices.Contains(known, b.To):
		return fmt.Errorf("%w: there is no transition from %s to %.40q", ErrInvalid, b.From, string(b.To))
	case b.To == Tombstoned && b.From != Archived:
		return fmt.Errorf("%w: only what is archived can be tombstoned, and %s is %s", ErrInvalid, a.Name, a.Stage)
	}
	a.Stage, a.Epoch, a.StageAt = b.To, b.Epoch, a.r.At
	if !b.Until.IsZero() {
		a.Reprieve = &Reprieve{Epoch: b.Epoch, Until: b.Until}
	}
	switch b.To {
	case Active:
		a.Epoch = ""
	case Disabled:
		a.root.Disabled = rolling(a.root.Disabled, a.r.At)
	case Tombstoned:
		a.root.Tombstoned = rolling(a.root.Tombstoned, a.r.At)
	}
	return nil
}

// rolling adds an instant and drops those that are a week older.
func rolling(list []time.Time, at time.Time) []time.Time {
	next := make([]time.Time, 0, len(list)+1)
	for _, t := range list {
		if at.Sub(t) < keepRolling {
			next = append(next, t)
		}
	}
	return append(next, at)
}
