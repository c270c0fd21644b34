package deploy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestClaimThatRanOut: a claim that ran out before its effect began allows nothing:
// somebody else may be at it.
func TestClaimThatRanOut(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	slow, late := true, 0
	w.Intercept = func(what string, effect func() error) error {
		if strings.HasPrefix(what, "target apply") && slow {
			late++
		}
		err := effect()
		if strings.HasPrefix(what, "push") && slow {
			w.Later(3 * time.Minute) // past the claims in it
		}
		return err
	}
	w.Pass()
	if late > 0 {
		t.Errorf("%d effects without a claim that holds", late)
	}
	slow = false
	w.Pass()
	w.WantRuns("production", "board=1.0.0")
	w.WantAudit()
}
