package slack

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestSleep: the default clock spaces writes, and waiting ends with its context.
func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pacer := &pacer{now: time.Now, sleep: sleep, next: map[string]time.Time{}}
		begin := time.Now()
		for i := range 4 {
			if err := pacer.wait(t.Context(), "C1"); err != nil || time.Since(begin) != time.Duration(i)*writeInterval {
				t.Errorf("turn %d came after %s: %v", i, time.Since(begin), err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(writeInterval/2, cancel)
		if err := pacer.wait(ctx, "C1"); !errors.Is(err, context.Canceled) || time.Since(begin) != 3*writeInterval+writeInterval/2 {
			t.Errorf("it waited %s: %v", time.Since(begin), err)
		}
		time.Sleep(time.Minute)
		if err := pacer.wait(t.Context(), "C2"); err != nil || len(pacer.next) != 1 {
			t.Errorf("it remembers %v: %v", pacer.next, err)
		}
	})
}
