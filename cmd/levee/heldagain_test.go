package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestHeldIsAskedForAgain: the change by which held content can be approved is
// opened even if the process dies, or the forge fails, when it is first asked for.
func TestHeldIsAskedForAgain(t *testing.T) {
	t.Parallel()
	weaker := settingsFile + "  gates: {medium: {publish: automatic}}\n"
	for name, pushed := range map[string]map[string]string{
		"app":        {boardPath("board"): boardFile("board", medium("1.1.0")...)},
		"governance": {"catalog.yaml": weaker},
	} {
		for _, how := range []string{"the process dies", "the forge fails", "the forge fails a daemon that stays"} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				dies := how == "the process dies"
				w := newWorld(t, "board")
				w.pass()
				asked, dead := 0, false
				w.intercept = func(what string, effect func() error) error {
					if what == "forge " { // of no change: it opens one
						if asked++; asked == 1 {
							dead = dies
							return errors.New("the forge is away")
						}
					}
					if dead {
						return errKilled
					}
					return effect()
				}
				w.push(pushed)
				w.clock = w.clock.Add(time.Minute)
				pass := func() { w.pass() }
				if how == "the forge fails a daemon that stays" {
					s := w.daemon()
					w.once(s)
					pass = func() {
						w.clock = w.clock.Add(time.Minute)
						w.once(s)
					}
				} else {
					w.levee("reconcile", "--once")
				}
				dead = false
				w.clock = w.clock.Add(10 * time.Minute)
				pass()
				pass()
				branch := strings.TrimSpace(w.remote.Git("for-each-ref", "--format=%(refname:lstrip=3)", "refs/heads/publish/"))
				if !strings.HasPrefix(branch, "held-") {
					t.Errorf("open changes: %q, asked %d times", branch, asked)
				}
				if asked != 2 {
					t.Errorf("asked %d times", asked)
				}
				before := len(w.log())
				pass()
				if now := len(w.log()); now != before {
					t.Errorf("a pass with nothing to do recorded %d facts", now-before)
				}
				w.wantAudit()
			})
		}
	}
}
