package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

var (
	hubPoints = flag.Int("hub-points", 10, "at how many points of the story on GitHub to kill the process; 0 for all")
	hubSeed   = flag.Uint64("hub-seed", 1, "which points to take")
)

// leastHubPoints is how many moments the story on GitHub has; it may not fall.
const leastHubPoints = 42

// crashHub is the main job on GitHub: published, shown, asked, told, reviewed, landed,
// applied.
func crashHub(t *testing.T, k *killer) (*hubWorld, int) {
	w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: true\n")
	w.intercept = k.Intercept
	settle := func() {
		for range 2 {
			w.later(time.Minute)
			w.alive(k, "reconcile", "--once")
		}
	}
	settle()
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	settle()
	w.later(5 * time.Minute)
	w.hub.Review(number, "ben", "APPROVED", "fine", "")
	settle()
	w.later(20 * time.Minute)
	settle()
	return w, number
}

// onDisplay is what people see of a pull request in the end, however often it was
// written.
type onDisplay struct {
	Comments []string
	Last     githubtest.Shown
	Asked    []string
	Landed   string
	Records  map[string]int // of what has to be on record once; that it landed is told by the landing
}

func (w *hubWorld) display(number int) onDisplay {
	d := onDisplay{Asked: w.hub.Requested(number), Records: map[string]int{}}
	for _, c := range w.hub.Comments(number) {
		d.Comments = append(d.Comments, c.Body)
	}
	if checks := w.hub.Checks(); len(checks) > 0 {
		d.Last = checks[len(checks)-1]
		d.Last.SHA = ""
	}
	d.Landed = w.remote.Git("log", "--format=%s", "--first-parent", "main")
	for _, sentence := range w.log() {
		for _, once := range []string{"ben approves", "Show the verdict on board", "Tell product-owner", "Admit board"} {
			if strings.HasPrefix(sentence, once) {
				d.Records[sentence]++
			}
		}
	}
	return d
}

// TestCrashOnGitHub kills the process before and after effects of the story, starts it
// again, and requires the same end, the same words in the same number of comments, and
// a ledger that verifies. All points take long; some are taken by a seed.
func TestCrashOnGitHub(t *testing.T) {
	t.Parallel()
	calm := &killer{}
	want, number := crashHub(t, calm)
	want.wantRuns("production", "board=1.1.0")
	final, shown := want.files(), want.display(number)
	if len(shown.Comments) != 2 {
		t.Errorf("the comments are %q", shown.Comments)
	}
	points := 2 * len(calm.Seen)
	t.Logf("%d crash points", points)
	if points < leastHubPoints {
		t.Errorf("%d crash points, there were %d", points, leastHubPoints)
	}
	if testing.Verbose() {
		t.Log(strings.Join(calm.Seen, "\n"))
	}
	chosen := rand.New(rand.NewPCG(*hubSeed, 0)).Perm(points)
	if *hubPoints > 0 && *hubPoints < points {
		chosen = chosen[:*hubPoints]
	}
	for _, point := range chosen {
		at, after := point/2+1, point%2 == 1
		t.Run(fmt.Sprintf("%d-%v", at, after), func(t *testing.T) {
			t.Parallel()
			k := &killer{At: at, After: after}
			w, number := crashHub(t, k)
			if !k.Struck {
				t.Fatalf("effect %d never came", at)
			}
			where := fmt.Sprintf("killed at %q (after: %v)", k.Seen[at-1], after)
			if diff := cmp.Diff(final, w.files()); diff != "" {
				t.Errorf("%s, the end differs (-calm +killed):\n%s", where, diff)
			}
			if diff := cmp.Diff(shown, w.display(number)); diff != "" {
				t.Errorf("%s, what is on display differs (-calm +killed):\n%s", where, diff)
			}
			w.wantAudit()
		})
	}
}

// TestHalfAVerdict: GitHub takes the comment and not the check. The next pass shows
// what is missing, and writes nothing twice.
func TestHalfAVerdict(t *testing.T) {
	t.Parallel()
	w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: true\n")
	w.pass()
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.hub.Fail(githubtest.Fault{Method: "POST", Path: "/check-runs", Status: 502})
	w.later(time.Minute)
	if code := w.levee("reconcile", "--once"); code == exit.CodeFine || len(w.hub.Comments(number)) != 1 || len(w.hub.Checks()) != 0 {
		t.Fatalf("exit code %d, with %d comments and %d checks\n%s", code, len(w.hub.Comments(number)), len(w.hub.Checks()), &w.out)
	}
	w.later(2 * time.Minute) // past the claims of the process that failed
	w.pass()
	w.wantGate(asApp, number, "pending", "Nothing to fix; waiting for the product owner", 0)
	if n := len(w.hub.Comments(number)); n != 2 {
		t.Errorf("%d comments", n)
	}
	w.quiet()
	w.wantAudit()
}
