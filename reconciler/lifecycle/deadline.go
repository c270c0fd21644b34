package lifecycle

import (
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
)

// deadlines are the moments at which the next stages of an app begin, by the runs of the
// scheduled reviews.
type deadlines struct {
	Timetable
	told history
}

func (r *Review) deadlines(t Timetable) deadlines { return deadlines{t, r.history()} }

// dueAt is when an app becomes due: the recorded moment, which a restart does not move,
// or else the first run at which its time is over and somebody was told long enough
// before, if that is now.
func (d deadlines) dueAt(x Reason) time.Time {
	if d.told.state.Stage == ledger.Due && d.told.state.Epoch == x.Epoch {
		return d.told.state.StageAt
	}
	at := x.ends
	if x.kind != retired {
		at = later(at, d.told.firstTold(x.Epoch, d.now).Add(noticeBefore))
	}
	if !at.After(d.run) {
		return d.now
	}
	return d.at(at)
}

// disableAt is when the grace of a reason is over, counted from when the app became due.
func (d deadlines) disableAt(x Reason) time.Time {
	return d.after(later(x.ends, d.dueAt(x)), x.grace)
}

// disableRun is the run in which an app goes down if nobody does anything: the first after
// its grace that leaves time for a final notice. Notices, forecasts and reviews all take
// it from here, so that they name one day. What was promised holds.
func (d deadlines) disableRun(x Reason) time.Time {
	mine := d.told.state.Stage == ledger.Due && d.told.state.Epoch == x.Epoch
	if final := d.told.finalNotice(x.Epoch); mine && final.Key != "" && d.now.Before(final.DisableAt.Add(noticeHolds)) {
		return final.DisableAt
	}
	due := d.dueAt(x)
	if mine {
		due = d.now
	}
	return later(d.at(d.disableAt(x)), d.at(due.Add(noticeBefore)))
}
