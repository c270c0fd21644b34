package reconciler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// share has a world whose staging asks for a share of the replicas first, and in which content that
// a person approved is in staging and goes on from there. It returns the commit that brought it.
func share(t *testing.T, w *reconcilertest.World) catalog.Commit {
	t.Helper()
	settings := strings.Replace(reconcilertest.Settings, "{name: staging, soak: 10m}", "{name: staging, soak: 10m, strategy: {share: 20, for: 30m}}", 1)
	w.FoundWith(reconcilertest.Files{"catalog.yaml": settings}, reconcilertest.BoardFile("board"))
	w.Pass()
	w.Publish("ana", "more", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.WantPreview("more", "It is applied at once, and not to 20% of the replicas first, for 30m, since its target has no replicas to give it to first.")
	w.Approve("ben", "more")
	w.Pass()
	return w.Remote.Branch("main")
}

// tell has what runs the board in staging say how it does, two minutes later.
func tell(w *reconcilertest.World, health string) {
	w.Later(2 * time.Minute)
	w.Write("run/staging/apps/board.health.json", health)
	w.Pass()
	w.Pass()
}

const (
	getsIt    = `{"state":"progressing","reason":"Rollout/board: more replicas need to be updated","share":20}`
	hasIt     = `{"state":"progressing","reason":"Rollout/board: CanaryPauseStep","share":20,"until":"2026-03-10T09:45:00Z"}`
	failsOnIt = `{"state":"failing","reason":"Rollout/board: RolloutAborted","share":20}`
	allHaveIt = `{"state":"ready"}`
)

// TestShare: while a share of the replicas has new content first, it is said at the commit and on
// record how much and until when, each once; the content goes on when it has soaked on all of
// them, whoever makes the passes.
func TestShare(t *testing.T) {
	t.Parallel()
	w := reconcilertest.Empty(t)
	shown := w.ShowStatuses()
	commit := share(t, w)
	tell(w, getsIt)
	shown.Want(commit, forge.Pending, "board: in staging 20% of its replicas have it first")
	tell(w, hasIt)
	const until = "20% of its replicas have it until 2026-03-10 09:45 UTC, and then the others follow"
	shown.Want(commit, forge.Pending, "board: in staging "+until)
	if h := w.App("board").Applied["staging"].Health; h.Shared(time.UTC) != until {
		t.Errorf("on record is %+v", h)
	}
	p := w.Serve()
	w.Once(p)
	if got := p.Metric(`levee_apps_sharing{environment="staging"}`); !strings.HasSuffix(strings.TrimSpace(got), " 1") {
		t.Errorf("the metric is %q", got)
	}
	tell(w, strings.Replace(hasIt, "CanaryPauseStep", "in other words", 1))
	if n := w.Count("Health of board in staging: progressing"); n != 2 {
		t.Errorf("that the share runs is on record %d times", n)
	}
	w.Later(30 * time.Minute)
	w.Pass()
	if got := w.Runs("production")["board"]; got != "1.0.0" {
		t.Errorf("while the share runs, %s is in production", got)
	}
	tell(w, allHaveIt)
	shown.Want(commit, forge.Pending, "board: it soaks in staging and goes on to production at 2026-03-10 09:59 UTC")
	w.Later(10 * time.Minute)
	w.Pass()
	shown.Want(commit, forge.Success, "all of it is applied and healthy")
	w.WantAudit()
}

// TestShareFails: new content that fails on its share goes no further. Everybody who answers for the
// app is told once, and again when it is over.
func TestShareFails(t *testing.T) {
	t.Parallel()
	w := reconcilertest.Empty(t)
	shown, notices := w.ShowStatuses(), w.Notify()
	commit := share(t, w)
	notices.Want()
	everybody := func(title string) (list []string) {
		for _, who := range []string{"ana", "ben", "chris"} {
			list = append(list, fmt.Sprintf("%s@example.com: %s", who, title))
		}
		return list
	}
	tell(w, hasIt)
	notices.Want()
	tell(w, failsOnIt)
	notices.Want(everybody("New content of Board fails")...)
	if text := notices.Sent()[0].Notice.Text; !strings.Contains(text, "In staging its new content fails on the 20% of the replicas that have it first (Rollout/board: RolloutAborted).") {
		t.Errorf("it says %q", text)
	}
	shown.Want(commit, forge.Failure, "board: it fails in staging: Rollout/board: RolloutAborted")
	w.Later(time.Hour)
	w.Pass()
	notices.Want()
	if got := w.Runs("production")["board"]; got != "1.0.0" {
		t.Errorf("though its share failed, %s is in production", got)
	}
	tell(w, allHaveIt)
	w.Pass()
	for _, m := range notices.Sent() {
		if m.Notice.Title != "Board goes on" || m.Edits != 1 {
			t.Errorf("once all replicas have it, %s is told %q, edited %d times", m.Address, m.Notice.Title, m.Edits)
		}
	}
	w.WantAudit()
}

// TestStrategiesSaid: where a strategy is not followed, plan and status say so.
func TestStrategiesSaid(t *testing.T) {
	t.Parallel()
	w := reconcilertest.Empty(t)
	share(t, w)
	const words = "it is applied at once, and not to 20% of the replicas first, for 30m, since its target has no replicas to give it to first"
	said, err := w.Serve().Status.Strategies(t.Context(), "board")
	if err != nil || !slices.Equal(said, []string{"in staging " + words}) {
		t.Errorf("of its strategies it is said %q, %v", said, err)
	}
	w.Write("run/staging/apps/board.json", "{}")
	plan := w.Plan()
	if len(plan) != 1 || !strings.HasSuffix(plan[0].Reason, "; "+words) {
		t.Errorf("planned is %+v", plan)
	}
	w.Quarantine("board", "it leaks", "chris")
	if said, err := w.Serve().Status.Strategies(t.Context(), "board"); err != nil || len(said) > 0 {
		t.Errorf("of what is contained it is said %q, %v", said, err)
	}
	if h := w.App("board").Applied["staging"].Health; h != nil && h.State == ledger.HealthFailing {
		t.Errorf("it does %+v", h)
	}
}
