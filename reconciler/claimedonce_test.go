package reconciler_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestClaimedOnce: while passes and effects go on side by side, what ended in the middle of
// a pass is not claimed again by it.
func TestClaimedOnce(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprintf("board-%d", i))
	}
	w := reconcilertest.New(t, names...)
	w.Intercept = func(what string, effect func() error) error {
		if strings.HasPrefix(what, "target apply") {
			time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
		}
		return effect()
	}
	w.Run(10 * time.Millisecond)
	reconcilertest.Until(t, "all run in production", func() bool { return len(w.Runs("production")) == len(names) })
	reconcilertest.Until(t, "all is on record", func() bool { return w.Count(" in production: done") == len(names) })
	if claims := w.Count("Claim to apply board-"); claims != 2*len(names) {
		t.Errorf("%d claims to apply %d apps in two environments", claims, len(names))
	}
	if again := w.Count(": unchanged"); again > 0 {
		t.Errorf("%d effects were made for nothing", again)
	}
}
