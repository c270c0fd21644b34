package inbox

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/levee-gitops/levee/catalog/ledger/spool"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// TestInbox: evidence stays, over a restart too, until a reading that began after it came has shown
// its review and was recorded, or its change is closed.
func TestInbox(t *testing.T) {
	dir := t.TempDir()
	open := func() *Inbox {
		t.Helper()
		words := func(payload []byte) (name, part string, err error) {
			_, err = fmt.Sscan(string(payload), &name, &part)
			return name, part, err
		}
		in, err := Open(dir, map[string]Reader{ReviewKind: words, "click": words}, nil, slog.New(slog.DiscardHandler))
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
	reviews := func(change string) func([]string, bool) { return in.reading(topic{ReviewKind, change}) }
	kept := func(want int, when string) {
		t.Helper()
		list, err := in.spool.Pending()
		if err != nil || len(list) != want {
			t.Errorf("%s %d payloads are kept, want %d: %v", when, len(list), want, err)
		}
	}
	keep(ReviewKind, "7", "1")
	recorded := reviews("7")
	keep(ReviewKind, "7", "2")
	keep(ReviewKind, "8", "3")
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
	if list := in.Names(ReviewKind); len(list) != 2 {
		t.Errorf("after a restart reviews are kept of %q", list)
	}
	reviews("7")([]string{"1", "2"}, false)
	kept(3, "after the next reading")
	reviews("8")(nil, true)
	kept(2, "once the change is closed")
	if reviews, clicks := in.Names(ReviewKind), in.Names("click"); len(reviews) != 0 || len(clicks) != 1 {
		t.Errorf("reviews are kept of %q, and clicks of %q", reviews, clicks)
	}
	in.reading(topic{"click", "7"})([]string{"1"}, false)
	kept(1, "of a kind that nobody reads")
}

// TestInboxWithoutRoom: what is there stays, and whoever sends more is told to do so later.
func TestInboxWithoutRoom(t *testing.T) {
	spool, _, err := spool.Open(t.TempDir(), 1, MaxBytes)
	if err != nil {
		t.Fatal(err)
	}
	in := &Inbox{spool: spool, kept: map[topic]map[string]string{}}
	first, second := forge.Evidence{Change: "7", Review: "1"}, forge.Evidence{Change: "7", Review: "2"}
	if err := in.KeepReview(first); err != nil {
		t.Fatal(err)
	}
	if err := in.KeepReview(second); !errors.Is(err, forge.ErrFull) {
		t.Errorf("without room: %v", err)
	}
	if err := in.KeepReview(first); err != nil {
		t.Errorf("what is there comes again: %v", err)
	}
	in.ReadingReviews("7")([]string{"1", "2"}, false)
	if err := in.KeepReview(second); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
