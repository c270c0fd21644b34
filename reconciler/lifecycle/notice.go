package lifecycle

import (
	"strings"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/notifier"
)

// noticeKey names one message for ever: what of, which announcement, to whom.
func noticeKey(app string, epoch ledger.Epoch, reminder, to string) string {
	return strings.Join([]string{app, string(epoch), reminder, to}, "/")
}

// Outgoing is a notice for one recipient, with what is recorded of it.
type Outgoing struct {
	Notice notifier.Notice
	Record ledger.Notice // but for the channel, and how it went
	Before ledger.Notice // what was recorded of it before; without a key for nothing
}

// Notices puts an announcement into notices for whoever is to be told now and was not.
// reachable is false where there is nobody who could be.
func (r *Review) Notices(t Timetable, a Announcement) (list []Outgoing, reachable bool) {
	people := r.audience().addressees(a, t.now)
	for _, to := range people {
		x := Outgoing{Notice: r.notice(t, a), Record: r.record(a, to)}
		if a.Reminder == reminderSettled {
			last, _ := r.history().lastTold(a.Epoch, to.id)
			x.Notice.Replaces = last.Message
		}
		x.Notice.Recipient, x.Notice.Key = to.to, x.Record.Key
		if x.Before = r.state.Notices[x.Record.Key]; x.Before.Delivered {
			continue
		}
		x.Record.Failing = x.Before.Failing
		list = append(list, x)
	}
	return list, len(people) > 0
}

// notice puts an announcement into words.
func (r *Review) notice(t Timetable, a Announcement) notifier.Notice {
	return wording{r.app, r.path, r.fileURL, r.state, r.reasons}.notice(t, a)
}

// record is what is recorded of an announcement to somebody.
func (r *Review) record(a Announcement, to recipient) ledger.Notice {
	return ledger.Notice{
		Key: noticeKey(r.state.Name, a.Epoch, a.Reminder, to.id), Epoch: a.Epoch, Reminder: a.Reminder, Recipient: to.id, DisableAt: a.Promised(),
	}
}
