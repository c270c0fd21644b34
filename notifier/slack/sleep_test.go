package slack

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// The machine's clock keeps the pace, and waiting ends with its context.
func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := &turns{now: time.Now, sleep: sleep, next: map[string]time.Time{}}
		begin := time.Now()
		for i := range 4 {
			if err := turns.wait(t.Context(), "C1"); err != nil || time.Since(begin) != time.Duration(i)*pace {
				t.Errorf("turn %d came after %s: %v", i, time.Since(begin), err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(pace/2, cancel)
		if err := turns.wait(ctx, "C1"); !errors.Is(err, context.Canceled) || time.Since(begin) != 3*pace+pace/2 {
			t.Errorf("it waited %s: %v", time.Since(begin), err)
		}
		time.Sleep(time.Minute)
		if err := turns.wait(t.Context(), "C2"); err != nil || len(turns.next) != 1 {
			t.Errorf("it remembers %v: %v", turns.next, err)
		}
	})
}
