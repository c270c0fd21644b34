package output

import (
	"bytes"
	"testing"

	"github.com/levee-gitops/levee/reconciler/contain"
)

// TestReleaseSaysWhatRemains: a release of what is throttled too says so, and how to end that.
func TestReleaseSaysWhatRemains(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		done contain.Contained
		want string
	}{
		"throttled":     {contain.Contained{App: "board", Marked: []string{"staging"}, Recorded: true, Throttled: "ben: too dear"}, "staging: board released\nboard comes back throttled (by ben: too dear); `levee release board` once more ends that\n"},
		"its throttle":  {contain.Contained{App: "board", Marked: []string{"staging"}, Recorded: true, Unthrottled: true}, "staging: board is no longer throttled, and the daemon brings back the rest\n"},
		"by its record": {contain.Contained{App: "board", Recorded: true}, "board released; the daemon brings it up with its next pass\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if Contained(&out, c.done, "released"); out.String() != c.want {
				t.Errorf("it says %q, not %q", out.String(), c.want)
			}
		})
	}
}
