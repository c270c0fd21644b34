package reconciler_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestHeldIsAskedForAgain: the change by which held content can be approved is
// opened even if the process dies, or the forge fails, when it is first asked for.
func TestHeldIsAskedForAgain(t *testing.T) {
	t.Parallel()
	weaker := reconcilertest.Settings + "  gates: {medium: {publish: automatic}}\n"
	for name, pushed := range map[string]reconcilertest.Files{
		"app":        {reconcilertest.BoardPath("board"): reconcilertest.Board("board", reconcilertest.Medium("1.1.0")...)},
		"governance": {"catalog.yaml": weaker},
	} {
		for _, how := range []string{"the process dies", "the forge fails", "the forge fails a daemon that stays"} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				dies := how == "the process dies"
				w := reconcilertest.New(t, "board")
				w.Pass()
				asked, dead := 0, false
				w.Intercept = func(what string, effect func() error) error {
					if what == "forge " { // of no change: it opens one
						if asked++; asked == 1 {
							dead = dies
							return errors.New("the forge is away")
						}
					}
					if dead {
						return errors.New("killed")
					}
					return effect()
				}
				w.Push(pushed)
				w.Later(time.Minute)
				pass := func() { w.Pass() }
				if how == "the forge fails a daemon that stays" {
					s := w.Serve()
					w.Once(s)
					pass = func() {
						w.Later(time.Minute)
						w.Once(s)
					}
				} else {
					_, _ = w.TryPass()
				}
				dead = false
				w.Later(10 * time.Minute)
				pass()
				pass()
				branch := strings.Join(w.OpenChanges(), "\n")
				if !strings.HasPrefix(branch, "held-") {
					t.Errorf("open changes: %q, asked %d times", branch, asked)
				}
				if asked != 2 {
					t.Errorf("asked %d times", asked)
				}
				before := len(w.Log())
				pass()
				if now := len(w.Log()); now != before {
					t.Errorf("a pass with nothing to do recorded %d facts", now-before)
				}
				w.WantAudit()
			})
		}
	}
}
