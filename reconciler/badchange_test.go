package reconciler_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestOneBadChangeStopsNothing: a change that cannot be reviewed is that change's
// trouble. The daemon is ready and looks as often as ever.
func TestOneBadChangeStopsNothing(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Publish("ana", "bad", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0", "monthly: 5", "monthly: 6"))
	w.Intercept = func(what string, effect func() error) error {
		if what == "forge publish/bad" {
			return errors.New("the forge is away")
		}
		return effect()
	}
	if _, err := w.TryPass(); err == nil || !strings.Contains(err.Error(), "the forge is away") {
		t.Errorf("a pass says %v", err)
	}
	w.Live()
	p := w.Run(50 * time.Millisecond)
	reconcilertest.Until(t, "it is ready", func() bool { return strings.Contains(p.Get("/readyz"), "ok") })
	reconcilertest.Until(t, "/metrics says that not all went well", func() bool {
		return strings.Contains(p.Get("/metrics"), `levee_review_duration_seconds_count{outcome="partly"}`)
	})
}
