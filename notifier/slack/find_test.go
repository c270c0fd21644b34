package slack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/notifier/slack"
)

func TestFindsOnAnotherPage(t *testing.T) {
	w := newWorld(t)
	w.page = 3
	r := w.send(notice("a", ops))
	for i := range 10 {
		w.send(notice(fmt.Sprint(i), ops))
	}
	if found := w.send(again(notice("a", ops))); !found.Found || found.Message != r.Message || !found.At.Equal(r.At) {
		t.Errorf("%+v was found as %+v", r, found)
	}
	if n := w.asked("conversations.history"); n != 4 {
		t.Errorf("%d pages were read", n)
	}
	w.send(again(notice("0", ops)))
	if n := w.asked("conversations.history"); n != 8 {
		t.Errorf("%d pages were read", n-4)
	}
}

func TestLooksBackAWeek(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("long/", 4000) // longer than metadata may be
	w.send(notice(long, jane))
	w.pass(6 * 24 * time.Hour)
	if r := w.send(again(notice(long, jane))); !r.Found {
		t.Errorf("%+v", r)
	}
	w.pass(2 * 24 * time.Hour)
	if r := w.send(again(notice(long, jane))); r.Found {
		t.Errorf("%+v", r)
	}
}

func TestLooksBackSoFar(t *testing.T) {
	w := newWorld(t, func(o *slack.Options) { o.LookBack = 48 * time.Hour })
	w.send(notice("a", jane))
	w.pass(47 * time.Hour)
	if r := w.send(again(notice("a", jane))); !r.Found {
		t.Errorf("%+v", r)
	}
	w.pass(2 * time.Hour)
	if r := w.send(again(notice("a", jane))); r.Found {
		t.Errorf("%+v", r)
	}
}

func TestLookingEnds(t *testing.T) {
	w := newWorld(t)
	w.page = 1
	w.send(notice("a", jane))
	for i := range 30 {
		w.send(notice(fmt.Sprint(i), jane))
	}
	if r := w.send(again(notice("a", jane))); r.Found {
		t.Errorf("%+v", r)
	}
	if n := w.asked("conversations.history"); n != 25 {
		t.Errorf("%d pages were read", n)
	}
}

// TestFindsOnlyItsOwn: metadata of other apps does not count. Anybody could suppress a
// notice by writing its key into metadata.
func TestFindsOnlyItsOwn(t *testing.T) {
	w := newWorld(t)
	w.send(notice("warm", ops))
	meta, _ := json.Marshal(map[string]any{"event_type": "levee_notice", "event_payload": map[string]any{"key": "a"}})
	w.rooms["C8"].Messages = append(w.rooms["C8"].Messages, &message{TS: w.ts(), Bot: "B666", Metadata: meta}, &message{TS: w.ts(), Metadata: meta})
	if r := w.send(again(notice("a", ops))); r.Found {
		t.Errorf("it believed %+v", r)
	}
	if r := w.send(again(notice("a", ops))); !r.Found {
		t.Errorf("it does not believe itself: %+v", r)
	}
	if n := w.asked("auth.test"); n != 1 {
		t.Errorf("it asked %d times who it is", n)
	}
}

func TestAgainWithoutAnswer(t *testing.T) {
	for _, method := range []string{"auth.test", "conversations.history", "users.lookupByEmail", "conversations.open"} {
		w := newWorld(t)
		w.instead(method, answer{status: 500})
		w.fails(again(notice("a", jane)), nil, "500")
		if n := w.asked("chat.postMessage"); n != 0 {
			t.Errorf("%s failed, and it was sent all the same", method)
		}
		w.instead(method, answer{status: 429, retryAfter: "3"})
		w.fails(again(notice("a", jane)), notifier.ErrLater)
	}
}

func TestNoKeyIsNotLookedFor(t *testing.T) {
	w := newWorld(t)
	w.send(again(notice("", jane)))
	if n := w.asked("conversations.history"); n != 0 {
		t.Errorf("%d pages were read", n)
	}
}

func TestFindsWhereItWentThen(t *testing.T) {
	w := newWorld(t)
	both := notifier.Recipient{Name: "New", Email: "new@acme.example", Channel: "#operations"}
	r := w.send(notice("a", both))
	w.person("U3", both.Email)
	if found := w.send(again(notice("a", both))); !found.Found || found.Message != r.Message {
		t.Errorf("%+v was found as %+v", r, found)
	}
	both.Channel = "#nowhere" // which does not keep the first address from being used
	w.send(again(notice("b", both)))
}
