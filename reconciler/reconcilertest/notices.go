package reconcilertest

import (
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/notifier/notifiertest"
)

// Notices are what people of a world were told, by a sender that reaches everybody.
type Notices struct {
	*notifiertest.Fake
	t    testing.TB
	seen int
}

// Notify gives the world a sender.
func (w *World) Notify() *Notices {
	fake := notifiertest.New(w.Now)
	w.Sender = fake
	return &Notices{Fake: fake, t: w.T}
}

// Want compares what arrived since it was called last, as "address: title".
func (n *Notices) Want(want ...string) {
	n.t.Helper()
	var got []string
	for _, m := range n.Sent()[n.seen:] {
		got = append(got, m.Address+": "+m.Notice.Title)
		n.seen++
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		n.t.Errorf("told:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// WantOnce fails where somebody was told the same thing twice, and returns how many things
// were told.
func (n *Notices) WantOnce() int {
	n.t.Helper()
	times := map[string]int{}
	for _, m := range n.Sent() {
		if times[m.Notice.Key]++; times[m.Notice.Key] == 2 {
			n.t.Errorf("%s was sent more than once", m.Notice.Key)
		}
	}
	return len(times)
}
