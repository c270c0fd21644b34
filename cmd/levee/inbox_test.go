package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger/spool"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// TestInbox: evidence stays, over a restart too, until a reading that began after it came has shown
// its review and was recorded, or its change is closed.
func TestInbox(t *testing.T) {
	dir := t.TempDir()
	open := func() *inbox {
		t.Helper()
		words := func(payload []byte) (name, part string, err error) {
			_, err = fmt.Sscan(string(payload), &name, &part)
			return name, part, err
		}
		in, err := openInbox(dir, map[string]payloadReader{reviewKind: words, "click": words}, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	in := open()
	keep := func(kind, name, part string) {
		t.Helper()
		if err := in.keep(topic{kind, name}, part, []byte(name+" "+part)); err != nil {
			t.Fatal(err)
		}
	}
	reviews := func(change string) func([]string, bool) { return in.reading(topic{reviewKind, change}) }
	kept := func(want int, when string) {
		t.Helper()
		list, err := in.spool.Pending()
		if err != nil || len(list) != want {
			t.Errorf("%s %d payloads are kept, want %d: %v", when, len(list), want, err)
		}
	}
	keep(reviewKind, "7", "1")
	recorded := reviews("7")
	keep(reviewKind, "7", "2")
	keep(reviewKind, "8", "3")
	keep("click", "7", "1") // of the same name and part, and another kind
	kept(4, "at first")
	reviews("7")([]string{"9"}, false)
	kept(4, "after a reading without it")
	recorded([]string{"1", "2"}, false)
	kept(3, "after a reading that began before the second")
	if _, err := in.spool.Add("alert", "1", []byte("7 1")); err != nil {
		t.Fatal(err)
	}
	in = open() // as after a kill
	kept(4, "after a restart")
	if list := in.names(reviewKind); len(list) != 2 {
		t.Errorf("after a restart reviews are kept of %q", list)
	}
	reviews("7")([]string{"1", "2"}, false)
	kept(3, "after the next reading")
	reviews("8")(nil, true)
	kept(2, "once the change is closed")
	if reviews, clicks := in.names(reviewKind), in.names("click"); len(reviews) != 0 || len(clicks) != 1 {
		t.Errorf("reviews are kept of %q, and clicks of %q", reviews, clicks)
	}
	in.reading(topic{"click", "7"})([]string{"1"}, false)
	kept(1, "of a kind that nobody reads")
}

// TestInboxWithoutRoom: what is there stays, and whoever sends more is told to do so later.
func TestInboxWithoutRoom(t *testing.T) {
	spool, _, err := spool.Open(t.TempDir(), 1, maxSpool)
	if err != nil {
		t.Fatal(err)
	}
	in := &inbox{spool: spool, kept: map[topic]map[string]string{}}
	first, second := forge.Evidence{Change: "7", Review: "1"}, forge.Evidence{Change: "7", Review: "2"}
	if err := in.keepReview(first); err != nil {
		t.Fatal(err)
	}
	if err := in.keepReview(second); !errors.Is(err, forge.ErrFull) {
		t.Errorf("without room: %v", err)
	}
	if err := in.keepReview(first); err != nil {
		t.Errorf("what is there comes again: %v", err)
	}
	in.readingReviews("7")([]string{"1", "2"}, false)
	if err := in.keepReview(second); err != nil {
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
	spool, _, err := spool.Open(filepath.Join(w.dir, "data", "spool"), maxSpooled, maxSpool)
	if err != nil {
		t.Fatal(err)
	}
	late := bytes.ReplaceAll(w.published("pull_request_review.submitted", number).Payload, []byte(`"commented"`), []byte(`"approved"`))
	if _, err := spool.Add(reviewKind, "late", late); err != nil {
		t.Fatal(err)
	}
	d = w.serve(nil)
	d.eventually("an empty spool", func() bool { return w.spooled() == 0 })
}
