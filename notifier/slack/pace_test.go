package slack_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier"
)

func TestOneASecond(t *testing.T) {
	w := newWorld(t)
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() { w.send(notice(fmt.Sprint(i), ops)) })
	}
	group.Wait()
	slices.Sort(w.slept)
	if want := []time.Duration{1e9, 2e9, 3e9}; !slices.Equal(w.slept, want) {
		t.Errorf("four messages at once waited %v, not %v", w.slept, want)
	}
	w.send(notice("a", jane))
	if len(w.slept) != 3 {
		t.Errorf("another channel waited %v", w.slept[3:])
	}
	w.pass(3500 * time.Millisecond)
	first := w.send(notice("b", ops))
	w.send(replacing(notice("c", ops), first.Message))
	if !slices.Equal(w.slept[3:], []time.Duration{5e8, 15e8}) {
		t.Errorf("after a while, it waited %v", w.slept[3:])
	}
	w.pass(time.Minute)
	w.send(notice("d", ops))
	if len(w.slept) != 5 {
		t.Errorf("nobody wrote for a minute, and it waited %v", w.slept[5:])
	}
	w.send(again(notice("d", ops))) // reading is not spaced
	if len(w.slept) != 5 {
		t.Errorf("reading waited %v", w.slept[5:])
	}
}

// TestNoTimeToWait: a wait longer than the caller's deadline fails at once.
func TestNoTimeToWait(t *testing.T) {
	w := newWorld(t)
	w.at = time.Now()
	for i := range 5 {
		w.send(notice(fmt.Sprint(i), ops))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	_, err := w.sender.Send(ctx, notice("a", ops))
	w.says(err, notifier.ErrLater, "5s")
	if n := len(w.messages("C8")); n != 5 {
		t.Errorf("%d messages arrived", n)
	}
	long, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := w.sender.Send(long, notice("a", ops)); err != nil {
		t.Errorf("a minute is enough: %v", err)
	}
}
