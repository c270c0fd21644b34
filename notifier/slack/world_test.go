package slack_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/notifier/notifiertest"
	"github.com/levee-gitops/levee/notifier/slack"
)

// canary is a token that no error may show.
const canary = "xoxb-1234-canary4Rp9cV1xQ7"

var (
	jane = notifier.Recipient{Name: "Jane Doe", Email: "jdoe@acme.example"}
	bob  = notifier.Recipient{Name: "Bob Roe", Email: "bob@acme.example"}
	ops  = notifier.Recipient{Name: "Operations", Channel: "#operations"}
)

// world is a workspace with some people and channels, a clock, and the sender under test.
type world struct {
	*workspace
	sender *slack.Sender

	clock sync.Mutex
	at    time.Time
	slept []time.Duration
}

func newWorld(t *testing.T, options ...func(*slack.Options)) *world {
	w := &world{at: time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)}
	w.workspace = newWorkspace(t, w.time)
	w.workspace.person("U1", jane.Email)
	w.workspace.person("U2", bob.Email)
	w.room("C7", "random")
	w.room("C8", "operations")
	w.room("C9", "quiet").Private = true
	w.sender = w.make(options...)
	return w
}

// make makes another sender to the same workspace, as after a restart.
func (w *world) make(options ...func(*slack.Options)) *slack.Sender {
	o := slack.Options{
		Token: func(context.Context) (string, error) { return canary + "\n", nil }, // as files have it
		URL:   w.url, Now: w.time, Sleep: w.sleep,
	}
	for _, set := range options {
		set(&o)
	}
	s, err := slack.New(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) time() time.Time {
	w.clock.Lock()
	defer w.clock.Unlock()
	return w.at
}

// pass moves the clock on. Sleeping does not; it is only noted in slept.
func (w *world) pass(d time.Duration) {
	w.clock.Lock()
	defer w.clock.Unlock()
	w.at = w.at.Add(d)
}

func (w *world) sleep(ctx context.Context, d time.Duration) error {
	w.clock.Lock()
	defer w.clock.Unlock()
	w.slept = append(w.slept, d)
	return ctx.Err()
}

func (w *world) send(n notifier.Notice) notifier.Receipt {
	w.t.Helper()
	r, err := w.sender.Send(w.t.Context(), n)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// fails checks that sending returns an error that wraps want and no other sentinel, has
// some words in it, and does not have the token.
func (w *world) fails(n notifier.Notice, want error, words ...string) error {
	w.t.Helper()
	_, err := w.sender.Send(w.t.Context(), n)
	w.says(err, want, words...)
	return err
}

func (w *world) says(err, want error, words ...string) {
	w.t.Helper()
	if err == nil {
		w.t.Fatal("it does not fail")
	}
	for _, is := range []error{notifier.ErrAddress, notifier.ErrLater, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, is) != errors.Is(want, is) {
			w.t.Errorf("%v: taken for %q: %t", err, is, errors.Is(err, is))
		}
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			w.t.Errorf("%q is not said in: %v", word, err)
		}
	}
	if strings.Contains(err.Error(), "canary") {
		w.t.Errorf("the error shows the token: %v", err)
	}
}

func (w *world) shown(to notifier.Recipient) []notifiertest.Shown {
	var list []notifiertest.Shown
	channel := "C8"
	if p := w.people[to.Email]; p != nil {
		channel = "D" + p.ID
	}
	for _, m := range w.messages(channel) {
		list = append(list, see(channel, m))
	}
	return list
}

func notice(key string, to notifier.Recipient) notifier.Notice {
	return notifier.Notice{Key: key, Recipient: to, Title: "expense-submit runs again", Text: "Nothing is left to do."}
}

func again(n notifier.Notice) notifier.Notice {
	n.Again = true
	return n
}

func replacing(n notifier.Notice, message string) notifier.Notice {
	n.Replaces = message
	return n
}

func TestSlack(t *testing.T) {
	notifiertest.Run(t, func(t *testing.T) *notifiertest.Harness {
		w := newWorld(t)
		broken := answer{status: 503, body: "<html>upstream connect error"}
		return &notifiertest.Harness{
			Sender: w.sender, Shown: w.shown, Person: jane, Other: bob, Room: ops,
			Nobody:   &notifier.Recipient{Name: "Gone", Email: "gone@acme.example"},
			Searches: true, Delete: w.delete,
			Restart: func() notifier.Sender { return w.make() },
			Fail:    func() { w.instead("chat.postMessage", broken) },
			Lose: func() {
				broken.after = true
				w.instead("chat.postMessage", broken)
			},
			Busy: func(after time.Duration) {
				w.instead("chat.postMessage", answer{status: 429, retryAfter: after.String()[:len(after.String())-1]})
			},
		}
	})
}
