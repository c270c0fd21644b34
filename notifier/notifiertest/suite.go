package notifiertest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/notifier"
)

// Run runs the conformance suite. It calls fresh for each test, which returns a harness
// with an empty service.
func Run(t *testing.T, fresh func(t *testing.T) *Harness) {
	always := func(*Harness) bool { return true }
	addresses := func(h *Harness) bool { return h.Nobody != nil }
	patience := func(h *Harness) bool { return h.Busy != nil }
	searches := func(h *Harness) bool { return h.Searches }
	edits := func(h *Harness) bool { return h.Delete != nil }
	for _, behaviour := range []struct {
		name  string
		where func(*Harness) bool
		test  func(*scene)
	}{
		{"a notice arrives with all its parts", always, arrives},
		{"a title alone is a notice", always, arrivesBare},
		{"a notice goes to its recipient only", always, keepsApart},
		{"what is said again without asking is said again", always, repeats},
		{"a call whose time is over delivers nothing", always, obeysContext},
		{"what failed without arriving has not arrived", always, fails},
		{"what arrived and was not answered is unknown", always, loses},
		{"a message that is no message is not replaced", always, replacesNonsense},
		{"an unknown recipient is told from others", addresses, refusesNobody},
		{"the next address is tried", addresses, triesNext},
		{"patience is asked for with its time", patience, waits},
		{"what arrived is found again", searches, finds},
		{"what arrived is found after a restart", searches, findsAfterRestart},
		{"what did not arrive is sent", searches, sendsMissing},
		{"only the same key is found", searches, findsOwnKey},
		{"a message is brought up to date in place", edits, replaces},
		{"what replaced is found by its own key", edits, findsReplaced},
		{"a message that is gone is sent anew", edits, replacesGone},
		{"the message of another recipient is left alone", edits, replacesForeign},
		{"notices at once arrive whole", always, concurrently},
		{"hostile text is inert", always, staysInert},
		{"too much text is cut, and says so", always, cutsLong},
		{"links lead to the web and nowhere else", always, linksSafely},
	} {
		t.Run(behaviour.name, func(t *testing.T) {
			h := fresh(t)
			if !behaviour.where(h) {
				t.Skip("the sender does not claim this")
			}
			behaviour.test(&scene{T: t, Harness: h})
		})
	}
}

// scene is one test with its harness.
type scene struct {
	*testing.T
	*Harness
}

// notice is a notice with a key and all parts.
func (s *scene) notice(key string, to notifier.Recipient) notifier.Notice {
	return notifier.Notice{
		Key: key, Recipient: to,
		Title: "expense-submit will be switched off on 1 August",
		Text:  "Nobody renewed it for 90 days.\nIt can be switched on again for two weeks after that.",
		Facts: []notifier.Fact{{Name: "Team", Value: "finance"}, {Name: "Last renewed", Value: "2 April 2026"}},
		Actions: []notifier.Action{
			{Label: "Keep it", Command: "levee status expense-submit"},
			{Label: "Read why", URL: "https://levee.example/apps/expense-submit"},
		},
	}
}

// words lists the texts of a notice that a message must show.
func words(n notifier.Notice) []string {
	list := []string{n.Title}
	list = append(list, strings.Split(n.Text, "\n")...)
	for _, f := range n.Facts {
		list = append(list, f.Name, f.Value)
	}
	for _, a := range n.Actions {
		list = append(list, a.Label, a.Command)
	}
	return list
}

// send sends a notice; it must succeed.
func (s *scene) send(n notifier.Notice) notifier.Receipt {
	s.Helper()
	r, err := s.Sender.Send(context.Background(), n)
	if err != nil {
		s.Fatalf("send %s: %v", n.Key, err)
	}
	if r.At.IsZero() {
		s.Errorf("send %s: the receipt does not say when", n.Key)
	}
	return r
}

// refused sends a notice and checks that it fails with the sentinel want and no other; with
// none where want is nil.
func (s *scene) refused(ctx context.Context, n notifier.Notice, want error) {
	s.Helper()
	_ = s.refusal(ctx, n, want)
}

// refusal is refused, and returns the error.
func (s *scene) refusal(ctx context.Context, n notifier.Notice, want error) error {
	s.Helper()
	r, err := s.Sender.Send(ctx, n)
	if err == nil || r != (notifier.Receipt{}) {
		s.Fatalf("send %s: %+v, %v, and it should fail", n.Key, r, err)
	}
	for _, is := range []error{notifier.ErrAddress, notifier.ErrLater} {
		if errors.Is(err, is) != errors.Is(want, is) {
			s.Errorf("send %s: %v, taken for %q: %t", n.Key, err, is, errors.Is(err, is))
		}
	}
	return err
}

// one checks that a recipient has exactly one message, and returns it.
func (s *scene) one(to notifier.Recipient) Shown {
	s.Helper()
	list := s.shown(to, 1)
	return list[0]
}

func (s *scene) shown(to notifier.Recipient, n int) []Shown {
	s.Helper()
	list := s.Shown(to)
	if len(list) != n {
		s.Fatalf("%s has %d messages, not %d: %+v", to.Name, len(list), n, list)
	}
	return list
}

// reads checks that a message shows all texts of a notice, in order.
func (s *scene) reads(m Shown, n notifier.Notice) {
	s.Helper()
	rest := m.Text
	for _, word := range words(n) {
		_, after, ok := strings.Cut(rest, word)
		if !ok {
			s.Fatalf("%q is missing, or not in its place, in:\n%s", word, m.Text)
		}
		rest = after
	}
}
