package lifecycle

import (
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
)

// history is what people were told of an app, as it is recorded.
type history struct{ state ledger.App }

func (r *Review) history() history { return history{r.state} }

// told reports whether somebody was told an announcement of an epoch, whenever it was.
func (h history) told(epoch ledger.Epoch, name string) bool {
	for _, n := range h.state.Notices {
		if n.Delivered && n.Epoch == epoch && n.Reminder == name {
			return true
		}
	}
	return false
}

// toldBy reports whether somebody was told anything of an epoch by an instant.
func (h history) toldBy(epoch ledger.Epoch, by time.Time) bool {
	for _, n := range h.state.Notices {
		if n.Delivered && n.Epoch == epoch && !n.At.After(by) {
			return true
		}
	}
	return false
}

// firstTold is when somebody was first told anything of an epoch; otherwise, if nobody
// was.
func (h history) firstTold(epoch ledger.Epoch, otherwise time.Time) time.Time {
	first := otherwise
	for _, n := range h.state.Notices {
		if n.Delivered && n.Epoch == epoch {
			first = earlier(first, n.At)
		}
	}
	return first
}

// finalNotice is what somebody was last told of the day on which an app that is due goes
// down; without a key if nobody was since it became due. One of an older release
// promised no day, and held from the next.
func (h history) finalNotice(epoch ledger.Epoch) ledger.Notice {
	var last ledger.Notice
	for _, n := range h.state.Notices {
		if n.Delivered && n.Epoch == epoch && isFinal(n.Reminder) && !n.At.Before(h.state.StageAt) && n.At.After(last.At) {
			last = n
		}
	}
	if last.DisableAt.IsZero() {
		last.DisableAt = last.At.Add(noticeBefore)
	}
	return last
}

// failing is since when telling somebody of an epoch fails; zero where it does not,
// or where nobody tried since it last worked. With a new epoch an address is tried
// again.
func (h history) failing(id string, epoch ledger.Epoch) time.Time {
	var worked, since time.Time
	for _, n := range h.state.Notices {
		if n.Recipient == id && n.Epoch == epoch && n.Delivered && n.At.After(worked) {
			worked = n.At
		}
	}
	for _, n := range h.state.Notices {
		if n.Recipient == id && n.Epoch == epoch && !n.Delivered && n.Failing.After(worked) && (since.IsZero() || n.Failing.Before(since)) {
			since = n.Failing
		}
	}
	return since
}

// lastTold is what a recipient, or with an empty id anybody, was last told of an epoch.
func (h history) lastTold(epoch ledger.Epoch, id string) (ledger.Notice, bool) {
	var last ledger.Notice
	for _, n := range h.state.Notices {
		if n.Delivered && n.Epoch == epoch && (id == "" || n.Recipient == id) && n.At.After(last.At) {
			last = n
		}
	}
	return last, last.Key != ""
}
