package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// TestInbox: evidence stays, over a restart too, until a reading that began after it came has shown
// its review and was recorded, or its change is closed.
func TestInbox(t *testing.T) {
	dir := t.TempDir()
	open := func() *inbox {
		t.Helper()
		in, err := openInbox(dir, func(payload []byte) (e forge.Evidence, err error) {
			_, err = fmt.Sscan(string(payload), &e.Change, &e.Review)
			return e, err
		}, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	in := open()
	keep := func(change, review string) {
		t.Helper()
		if err := in.keep(forge.Evidence{Change: change, Review: review, Payload: []byte(change + " " + review)}); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(want int, when string) {
		t.Helper()
		list, err := in.spool.Pending()
		if err != nil || len(list) != want {
			t.Errorf("%s %d payloads are kept, want %d: %v", when, len(list), want, err)
		}
	}
	keep("7", "1")
	recorded := in.reading("7")
	keep("7", "2")
	keep("8", "3")
	kept(3, "at first")
	in.reading("7")([]string{"9"}, false)
	kept(3, "after a reading without it")
	recorded([]string{"1", "2"}, false)
	kept(2, "after a reading that began before the second")
	in = open() // as after a kill
	kept(2, "after a restart")
	if list := in.changes(); len(list) != 2 {
		t.Errorf("after a restart something is kept about %q", list)
	}
	in.reading("7")([]string{"1", "2"}, false)
	kept(1, "after the next reading")
	in.reading("8")(nil, true)
	kept(0, "once the change is closed")
	if list := in.changes(); len(list) != 0 {
		t.Errorf("something is kept about %q", list)
	}
}

// TestInboxWithoutRoom: what is there stays, and whoever sends more is told to do so later.
func TestInboxWithoutRoom(t *testing.T) {
	spool, _, err := ledger.OpenSpool(t.TempDir(), 1, maxSpool)
	if err != nil {
		t.Fatal(err)
	}
	in := &inbox{spool: spool, kept: map[string]map[string]string{}}
	first, second := forge.Evidence{Change: "7", Review: "1"}, forge.Evidence{Change: "7", Review: "2"}
	if err := in.keep(first); err != nil {
		t.Fatal(err)
	}
	if err := in.keep(second); !errors.Is(err, forge.ErrFull) {
		t.Errorf("without room: %v", err)
	}
	if err := in.keep(first); err != nil {
		t.Errorf("what is there comes again: %v", err)
	}
	in.reading("7")([]string{"1", "2"}, false)
	if err := in.keep(second); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

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
	spool, _, err := ledger.OpenSpool(filepath.Join(w.dir, "data", "spool"), maxSpooled, maxSpool)
	if err != nil {
		t.Fatal(err)
	}
	late := bytes.ReplaceAll(w.published("pull_request_review.submitted", number).Payload, []byte(`"commented"`), []byte(`"approved"`))
	if _, err := spool.Add(reviewFact, "late", late); err != nil {
		t.Fatal(err)
	}
	d = w.serve(nil)
	d.eventually("an empty spool", func() bool { return w.spooled() == 0 })
}
