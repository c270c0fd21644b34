package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKilledBetweenMarkAndCut: whoever contained an app was killed when the mark stood
// and the app still ran. The daemon finishes it, also while nothing can be recorded.
func TestKilledBetweenMarkAndCut(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]bool{"with the repository there": false, "with the repository gone": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "board")
			w.pass()
			w.wantRuns("production", "board=1.0.0")
			mark := `{"reason": "it leaks", "by": "ana", "at": "2026-03-10T09:01:30Z"}`
			w.write("run/production/.levee/marks/board.json", mark)
			if gone {
				if err := os.Rename(w.remote.Dir, w.remote.Dir+".away"); err != nil {
					t.Fatal(err)
				}
				w.clock = w.clock.Add(5 * 60e9)
				w.levee("reconcile", "--once")
			} else {
				w.pass()
			}
			w.wantRuns("production")
			if _, err := os.Stat(filepath.Join(w.dir, "run", "production", "quarantined", "board.json")); err != nil {
				t.Error(err)
			}
			w.wantRuns("staging", "board=1.0.0")
			if gone {
				return
			}
			if log := strings.Join(w.log(), "\n"); !strings.Contains(log, "Contain board: it leaks") {
				t.Errorf("it is not on record:\n%s", log)
			}
			w.pass()
			w.wantRuns("staging")
			w.wantAudit()
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
			w := newWorld(t, "board")
			w.pass()
			w.write("run/production/.levee/marks/board.json", content)
			w.pass()
			w.wantRuns("production")
			if log := strings.Join(w.log(), "\n"); !strings.Contains(log, "Contain board:") {
				t.Errorf("it is not on record:\n%s", log)
			}
			w.pass()
			w.wantRuns("staging")
			w.wantAudit()
		})
	}
}

// TestContainWhatIsNotOurs: the target lost what it knew of an app, and so cannot cut
// what lies under its name. Whoever contains it has to be told: it may still run.
func TestContainWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	if err := os.Remove(filepath.Join(w.dir, "run/production/.levee/inventory/board.json")); err != nil {
		t.Fatal(err)
	}
	w.levee("quarantine", "board", "--reason", "it leaks")
	w.wantRuns("staging")
	w.wantRuns("production", "board=1.0.0")
	w.wantSaid("production: apps/board.json was not put there by levee, and was left", "take it away")
}
