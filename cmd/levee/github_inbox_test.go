package main

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger/spool"
	"github.com/levee-gitops/levee/cmd/levee/internal/inbox"
)

// TestWhatIsRecordedIsLetGo: with a daemon that never looks by itself, the spool is empty as
// soon as the review is on record, whatever time it is; and a payload about a change that was closed
// while no daemon ran goes with the next start.
func TestWhatIsRecordedIsLetGo(t *testing.T) {
	t.Parallel()
	w := hooked(t, "24h", "")
	d := w.serve(nil)
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	d.deliver(w.published("pull_request.opened", number), hookSecret)
	d.eventually("the verdict", func() bool { return len(w.hub.Comments(number)) == 2 })
	w.later(5 * time.Minute)
	w.hub.Deliveries()
	w.hub.Review(number, "ben", "APPROVED", "fine", "")
	if d.deliverAll("pull_request_review"); w.spooled() > 1 {
		t.Errorf("%d payloads are kept", w.spooled())
	}
	d.eventually("an empty spool", func() bool { return w.spooled() == 0 })
	w.wantApproved(1)

	// GitHub does not list the next review yet, so it is kept and not recorded.
	w.hub.Review(number, "ben", "CHANGES_REQUESTED", "no", "")
	w.hub.Lag(time.Hour)
	if d.deliverAll("pull_request_review"); w.spooled() != 1 {
		t.Errorf("%d payloads are kept, want the one GitHub does not show yet", w.spooled())
	}
	d.rest()
	d.stop()
	if w.spooled() != 1 {
		t.Error("what was not recorded was let go")
	}
	w.hub.Lag(0)
	w.hub.Close(number)
	d = w.serve(nil)
	d.eventually("an empty spool", func() bool { return w.spooled() == 0 })
	d.rest()
	d.stop()

	// Killed after it acknowledged a review of what the ledger knows to be closed.
	spool, _, err := spool.Open(filepath.Join(w.dir, "data", "spool"), inbox.MaxCount, inbox.MaxBytes)
	if err != nil {
		t.Fatal(err)
	}
	late := bytes.ReplaceAll(w.published("pull_request_review.submitted", number).Payload, []byte(`"commented"`), []byte(`"approved"`))
	if _, err := spool.Add(inbox.ReviewKind, "late", late); err != nil {
		t.Fatal(err)
	}
	d = w.serve(nil)
	d.eventually("an empty spool", func() bool { return w.spooled() == 0 })
}
