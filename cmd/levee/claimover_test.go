package main

import (
	"strings"
	"testing"
	"time"
)

// TestClaimThatRanOut: a claim that ran out before its effect began allows nothing:
// somebody else may be at it.
func TestClaimThatRanOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	slow, late := true, 0
	w.intercept = func(what string, effect func() error) error {
		if strings.HasPrefix(what, "target apply") && slow {
			late++
		}
		err := effect()
		if strings.HasPrefix(what, "push") && slow {
			w.clock = w.clock.Add(3 * time.Minute) // past the claims in it
		}
		return err
	}
	w.pass()
	if late > 0 {
		t.Errorf("%d effects without a claim that holds", late)
	}
	slow = false
	w.pass()
	w.wantRuns("production", "board=1.0.0")
	w.wantAudit()
}
