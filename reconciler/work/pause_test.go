package work

import (
	"testing"
	"time"
)

// TestPause: pauses double, and end at the longest, however often something failed.
func TestPause(t *testing.T) {
	for before, want := range map[int]time.Duration{0: 10 * time.Minute, 1: 20 * time.Minute, 5: 320 * time.Minute, 6: 6 * time.Hour, 1000: 6 * time.Hour} {
		if got := Pause(before); got != want {
			t.Errorf("after %d failures it is %s, want %s", before, got, want)
		}
	}
}
