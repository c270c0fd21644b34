package reconciler

import (
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// The rungs that every cause has once it ended. Those before have the names of
// their spans, such as 30d.
const (
	rungOver    = "over"    // the time is over, and nobody was told before
	rungDue     = "due"     // it is due, and goes down on a day
	rungLast    = "last"    // it goes down with the next run
	rungDown    = "down"    // it is down, and how to undo that
	rungSettled = "settled" // it goes on: the last message is brought up to date
)

// isLast reports whether a rung was the last word: said again, it carries the day.
func isLast(rung string) bool { return rung == rungLast || strings.HasPrefix(rung, rungLast+" ") }

// announce lists what has to be said now: of the cause that counts the newest rung
// that has come, of those that only inform each its newest, and of an epoch that
// is gone that it is settled. What came and went while nobody could be told is not
// said afterwards.
func (l life) announce(t timetable, pressing cause) []said {
	var list []said
	if s, ok := l.rungOf(t, pressing); ok {
		list = append(list, s)
	}
	for _, c := range l.causes {
		if c.harmful() {
			continue
		}
		if name := c.reached(t); name != "" {
			list = append(list, said{cause: c, rung: name})
		}
	}
	if !l.blind {
		list = append(list, l.settled()...)
	}
	return slices.DeleteFunc(list, l.saidAlready)
}

// saidAlready reports whether something was told to everybody who has to know.
func (l life) saidAlready(s said) bool {
	if !s.cause.toAll() {
		return l.told(s.cause.epoch, s.rung)
	}
	return !slices.ContainsFunc(l.addressees(s, time.Time{}), func(r recipient) bool {
		return !l.state.Notices[noticeKey(catalog.Name(l.state.Name), s.cause.epoch, s.rung, r.id)].Delivered
	})
}

// rungOf is the newest rung of the cause that counts.
func (l life) rungOf(t timetable, c cause) (said, bool) {
	if c.epoch == "" {
		return said{}, false
	}
	s := said{cause: c, down: l.downRun(t, c)}
	mine := l.state.Epoch == c.epoch
	switch {
	case l.state.Stage == ledger.Disabled && mine:
		s.rung = rungDown
	case l.state.Stage == ledger.Disabled:
	case l.state.Stage == ledger.Due && mine:
		s.rung = l.dueRung(t, c)
	case t.run.Before(c.ends):
		s.rung = c.reached(t)
	case c.kind != byOwner && !l.state.Told(c.epoch):
		s.rung = rungOver
	}
	return s, s.rung != ""
}

// dueRung is what is said while an app is due: that it is, and with the last run that
// is early enough that it goes down.
func (l life) dueRung(t timetable, c cause) string {
	if next := t.next(); !next.IsZero() && !next.After(t.at(l.downAt(t, c)).Add(-lead)) {
		return rungDue
	}
	return rungLast
}

// lastAgain is the last word said once more to whoever may be taken down, because
// the first was too long ago, or was about an earlier time that the app was due.
func (l life) lastAgain(t timetable, c cause) []said {
	last := l.lastWord(c.epoch)
	rung := rungLast + " " + string(catalog.DateOf(t.run, t.zone))
	switch {
	case last.Key != "" && t.now.Before(last.Down.Add(fresh)): // it holds, or will
	case last.Key == "" && !l.told(c.epoch, rungLast): // it is being said
	case l.told(c.epoch, rung):
	default:
		return []said{{cause: c, rung: rung, down: t.at(t.now.Add(lead))}}
	}
	return nil
}

func maxTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// reached is the newest announcement whose time has come; empty if none has. What
// is told at once does not wait for a run. What would have to be said after the last run
// before the end is said in that run.
func (c cause) reached(t timetable) string {
	name := ""
	lastRun := t.run.After(c.from) && t.run.Before(c.ends) && !t.next().Before(c.ends)
	for _, r := range c.rungs {
		if r.at.IsZero() || !r.at.After(t.run) || r.name == "denied" && !r.at.After(t.now) || lastRun && r.name != "denied" {
			name = r.name
		}
	}
	return name
}

// settled lists the epochs that people were told of and that are gone: their last
// message is brought up to date.
func (l life) settled() []said {
	last := map[string]ledger.Notice{}
	for _, n := range l.state.Notices {
		if n.Delivered && (last[n.Epoch].Key == "" || n.At.After(last[n.Epoch].At)) {
			last[n.Epoch] = n
		}
	}
	var list []said
	for epoch, n := range last {
		kind, _, _ := strings.Cut(epoch, " ")
		c := cause{epoch: epoch, kind: causeKind(kind)}
		if n.Rung == rungSettled && !c.toAll() || !c.harmful() && !c.toAll() || slices.ContainsFunc(l.causes, func(x cause) bool { return sameMatter(x.epoch, epoch) }) {
			continue
		}
		list = append(list, said{cause: c, rung: rungSettled})
	}
	slices.SortFunc(list, func(a, b said) int { return strings.Compare(a.cause.epoch, b.cause.epoch) })
	return list
}

// sameMatter reports whether two epochs are about the same thing, so that the
// later takes the place of the earlier: one put off, or a rule with another grace.
func sameMatter(a, b string) bool {
	a, _, _ = strings.Cut(a, again)
	b, _, _ = strings.Cut(b, again)
	if strings.HasPrefix(a, string(byRule)+" ") {
		a, b = a[:strings.LastIndexByte(a, ' ')], b[:max(0, strings.LastIndexByte(b, ' '))]
	}
	return a == b
}
