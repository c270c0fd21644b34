package contain_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestKilledBetweenMarkAndCut: whoever contained an app was killed when the mark stood
// and the app still ran. The daemon finishes it, also while nothing can be recorded.
func TestKilledBetweenMarkAndCut(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]bool{"with the repository there": false, "with the repository gone": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := reconcilertest.New(t, "board")
			w.Pass()
			w.WantRuns("production", "board=1.0.0")
			mark := `{"reason": "it leaks", "by": "ana", "at": "2026-03-10T09:01:30Z"}`
			w.Write("run/production/.levee/marks/board.json", mark)
			if gone {
				w.Unreachable()
				w.Later(5 * time.Minute)
				if _, err := w.TryPass(); err == nil {
					t.Error("a pass without the repository ends well")
				}
			} else {
				w.Pass()
			}
			w.WantRuns("production")
			if _, err := os.Stat(filepath.Join(w.Dir, "run", "production", "quarantined", "board.json")); err != nil {
				t.Error(err)
			}
			w.WantRuns("staging", "board=1.0.0")
			if gone {
				return
			}
			w.WantRecorded("Contain board: it leaks")
			w.Pass()
			w.WantRuns("staging")
			w.WantAudit()
		})
	}
}

// TestMarksThatSayLittle: a mark contains whatever is in it. The daemon records it, and
// does not take it for one from before a release that never was.
func TestMarksThatSayLittle(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"nothing": "", "no object": "[1]", "no time": `{"reason": "it leaks"}`, "nothing of ours": "{}", "too much": strings.Repeat(" ", 80<<10),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := reconcilertest.New(t, "board")
			w.Pass()
			w.Write("run/production/.levee/marks/board.json", content)
			w.Pass()
			w.WantRuns("production")
			w.WantRecorded("Contain board:")
			w.Pass()
			w.WantRuns("staging")
			w.WantAudit()
		})
	}
}

// TestContainWhatIsNotOurs: the target lost what it knew of an app, and so cannot cut
// what lies under its name. Whoever contains it has to be told: it may still run.
func TestContainWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Lose("run/production/.levee/inventory/board.json")
	done, err := w.TryQuarantine("board", "it leaks", "ana")
	w.WantRuns("staging")
	w.WantRuns("production", "board=1.0.0")
	said := strings.Join(done.Trouble, "\n")
	if err != nil {
		said += err.Error()
	}
	for _, word := range []string{"production: apps/board.json was not put there by levee, and was left", "take it away"} {
		if !strings.Contains(said, word) {
			t.Errorf("it is not said that %q: %s", word, said)
		}
	}
}
