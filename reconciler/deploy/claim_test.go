package deploy

import (
	"testing"
	"time"
)

// TestLaneLength: what is claimed for a target is what it makes in a few seconds.
func TestLaneLength(t *testing.T) {
	for _, c := range []struct {
		pace time.Duration
		apps int
		want int
	}{
		{0, 10, 256}, {time.Millisecond, 10_000, 512}, {time.Millisecond, 50_000, 1250}, {time.Millisecond, 1_000_000, 4096},
		{200 * time.Millisecond, 10_000, 400}, {time.Second, 50_000, 80}, {time.Minute, 50_000, 64},
	} {
		if got := laneLength(c.pace, c.apps); got != c.want {
			t.Errorf("at %s an effect with %d apps %d are claimed, not %d", c.pace, c.apps, got, c.want)
		}
	}
}
