package main

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestLandedWithTheKeyBefore: the daemon lands a change and dies, and starts again with
// its next key. What it landed is still the change, and not somebody's push, unless the
// key was revoked since: then anybody may have signed it.
func TestLandedWithTheKeyBefore(t *testing.T) {
	t.Parallel()
	for name, revoked := range map[string]bool{"still valid": false, "revoked": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "board")
			w.pass()
			w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
			w.pass()
			w.clock = w.clock.Add(5 * time.Minute)
			w.approve("ben", "x")
			before, dead := w.main(), false
			w.intercept = func(_ string, effect func() error) error {
				if dead {
					return errKilled
				}
				err := effect()
				if dead = w.main() != before; dead {
					return errKilled
				}
				return err
			}
			w.clock = w.clock.Add(time.Minute)
			w.levee("reconcile", "--once")
			if w.intercept = nil; !dead {
				t.Fatalf("it did not land:\n%s", &w.out)
			}
			next := gitrepotest.NewKey(t, "next")
			w.write("next.pub", next.Public.String()+"\n")
			w.write("old.pub", w.keys["daemon"].Public.String()+"\n")
			w.must("ledger", "rotate-key", "--add", w.dir+"/next.pub", "--reason", "yearly")
			if revoked {
				w.must("ledger", "rotate-key", "--revoke", w.dir+"/old.pub", "--by", w.keys["root"].File, "--reason", "stolen")
			}
			w.write("levee.yaml", strings.Replace(w.read("levee.yaml"), w.keys["daemon"].File, next.File, 1))
			w.pass()
			log := strings.Join(w.log(), "\n")
			if strings.Contains(log, ", change publish/x") == revoked || strings.Contains(log, "pushed directly") != revoked {
				t.Errorf("the ledger says\n%s", log)
			}
			if !revoked {
				w.wantRuns("staging", "board=1.1.0")
			}
			w.wantAudit()
		})
	}
}

// main is where the catalog's branch is.
func (w *world) main() string { return string(w.remote.Branch("main")) }
