package lifecycle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// Announcement is something to be told of a reason.
type Announcement struct {
	Reason
	Reminder  string    // which announcement of it
	DisableAt time.Time // when the app goes down, as far as is known
}

// The announcements that every reason has once it ended. Those before have the names of
// their spans, such as 30d.
const (
	reminderDenied  = "denied"  // a rule denies what runs: told at once
	reminderOver    = "over"    // the time is over, and nobody was told before
	reminderDue     = "due"     // it is due, and goes down on a day
	finalNotice     = "last"    // it goes down with the next run
	reminderDown    = "down"    // it is down, and how to undo that
	reminderSettled = "settled" // it goes on: the last message is brought up to date
)

// isFinal reports whether an announcement was the final notice: given again, it carries
// the day.
func isFinal(name string) bool {
	return name == finalNotice || strings.HasPrefix(name, finalNotice+" ")
}

// Promised is the day that a notice promises: of the final notice only, for what is said
// earlier holds as long as nothing changes.
func (a Announcement) Promised() time.Time {
	if !isFinal(a.Reminder) {
		return time.Time{}
	}
	return a.DisableAt
}

// reminders are the announcements before an end. What would have to be announced before
// there is anything to announce is left out.
func (t Timetable) reminders(from, ends time.Time, spans []catalog.Duration) []reminder {
	var list []reminder
	for _, span := range spans {
		if at := t.before(ends, span); at.After(from) {
			list = append(list, reminder{reminderName(span), at})
		}
	}
	slices.SortFunc(list, func(a, b reminder) int { return a.at.Compare(b.at) })
	return list
}

// reminderName names an announcement by its span, in days where it has whole ones.
func reminderName(span catalog.Duration) string {
	if span%scalar.Days(1) == 0 {
		return fmt.Sprintf("%dd", span/scalar.Days(1))
	}
	return span.String()
}

// reached is the newest announcement whose time has come; empty if none has. What
// is told at once does not wait for a run. What would have to be announced after the last
// run before the end is announced in that run.
func (x Reason) reached(t Timetable) string {
	name := ""
	lastRun := t.run.After(x.from) && t.run.Before(x.ends) && !t.Next().Before(x.ends)
	for _, m := range x.reminders {
		if m.at.IsZero() || !m.at.After(t.run) || m.name == reminderDenied && !m.at.After(t.now) || lastRun && m.name != reminderDenied {
			name = m.name
		}
	}
	return name
}

// announce lists what has to be announced now: of the reason that counts the newest that
// has come, of those that take nothing down each its newest, and of an epoch that
// is gone that it is settled. What came and went while nobody could be told is not
// announced afterwards.
func (r *Review) announce(t Timetable, pressing Reason) []Announcement {
	var list []Announcement
	if a, ok := r.announcementOf(t, pressing); ok {
		list = append(list, a)
	}
	for _, x := range r.reasons {
		if x.disables() {
			continue
		}
		if name := x.reached(t); name != "" {
			list = append(list, Announcement{Reason: x, Reminder: name})
		}
	}
	if !r.unjudged {
		list = append(list, r.settled()...)
	}
	return slices.DeleteFunc(list, r.announced)
}

// announced reports whether everybody who has to know was told.
func (r *Review) announced(a Announcement) bool {
	if !a.toAll() {
		return r.history().told(a.Epoch, a.Reminder)
	}
	return !slices.ContainsFunc(r.audience().addressees(a, time.Time{}), func(to recipient) bool {
		return !r.state.Notices[noticeKey(r.state.Name, a.Epoch, a.Reminder, to.id)].Delivered
	})
}

// announcementOf is the newest announcement of the reason that counts.
func (r *Review) announcementOf(t Timetable, x Reason) (Announcement, bool) {
	if x.Epoch == "" {
		return Announcement{}, false
	}
	a := Announcement{Reason: x, DisableAt: r.deadlines(t).disableRun(x)}
	mine := r.state.Epoch == x.Epoch
	switch {
	case r.state.Stage == ledger.Disabled && mine:
		a.Reminder = reminderDown
	case r.state.Stage == ledger.Disabled:
	case r.state.Stage == ledger.Due && mine:
		a.Reminder = r.dueOrFinal(t, x)
	case t.run.Before(x.ends):
		a.Reminder = x.reached(t)
	case x.kind != retired && !r.state.Told(x.Epoch):
		a.Reminder = reminderOver
	}
	return a, a.Reminder != ""
}

// dueOrFinal is what is announced while an app is due: that it is, and with the last run
// that is early enough that it goes down.
func (r *Review) dueOrFinal(t Timetable, x Reason) string {
	if next := t.Next(); !next.IsZero() && !next.After(t.at(r.deadlines(t).disableAt(x)).Add(-noticeBefore)) {
		return reminderDue
	}
	return finalNotice
}

// FinalAgain is the final notice once more for an app that may be taken down, because
// the first was too long ago, or was about an earlier time that the app was due.
func (r *Review) FinalAgain(t Timetable, x Reason) []Announcement {
	final := r.history().finalNotice(x.Epoch)
	name := finalNotice + " " + string(scalar.DateOf(t.run, t.zone))
	switch {
	case final.Key != "" && t.now.Before(final.DisableAt.Add(noticeHolds)): // it holds, or will
	case final.Key == "" && !r.history().told(x.Epoch, finalNotice): // it is being given
	case r.history().told(x.Epoch, name):
	default:
		return []Announcement{{Reason: x, Reminder: name, DisableAt: t.at(t.now.Add(noticeBefore))}}
	}
	return nil
}

// settled lists the epochs that people were told of and that are gone: their last
// message is brought up to date.
func (r *Review) settled() []Announcement {
	last := map[ledger.Epoch]ledger.Notice{}
	for _, n := range r.state.Notices {
		if n.Delivered && (last[n.Epoch].Key == "" || n.At.After(last[n.Epoch].At)) {
			last[n.Epoch] = n
		}
	}
	var list []Announcement
	for epoch, n := range last {
		x := Reason{Epoch: epoch, kind: kind(epoch.Kind())}
		if n.Reminder == reminderSettled && !x.toAll() || !x.disables() && !x.toAll() || slices.ContainsFunc(r.reasons, func(y Reason) bool { return sameMatter(y.Epoch, epoch) }) {
			continue
		}
		list = append(list, Announcement{Reason: x, Reminder: reminderSettled})
	}
	slices.SortFunc(list, func(a, b Announcement) int { return cmp.Compare(a.Epoch, b.Epoch) })
	return list
}
