package deploy

import (
	"testing"
	"time"
)

// TestLaneLength: what is claimed for a target is what it makes in a few seconds.
func TestLaneLength(t *testing.T) {
	for _, c := range []struct {
		pace time.Duration
		want int
	}{
		{0, 256}, {time.Millisecond, 512}, {200 * time.Millisecond, 400}, {time.Second, 80}, {time.Minute, 64},
	} {
		if got := laneLength(c.pace); got != c.want {
			t.Errorf("at %s an effect %d are claimed, not %d", c.pace, got, c.want)
		}
	}
}
