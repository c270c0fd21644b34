package reconciler_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// election is who leads, by what a test says.
type election struct {
	mu    sync.Mutex
	tells []func(reconciler.Leader)
	now   reconciler.Leader
}

// stand is World.Lead.
func (e *election) stand(ctx context.Context, tell func(reconciler.Leader)) {
	e.mu.Lock()
	e.tells = append(e.tells, tell)
	if e.now != (reconciler.Leader{}) {
		tell(e.now)
	}
	e.mu.Unlock()
	<-ctx.Done()
}

func (e *election) tell(now reconciler.Leader) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = now
	for _, tell := range e.tells {
		tell(now)
	}
}

var ours, others = reconciler.Leader{Name: "one", Ours: true}, reconciler.Leader{Name: "two"}

// TestFollows: a replica that follows is ready, applies and lands nothing, and takes over once it
// leads; one that leads no more begins nothing new.
func TestFollows(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Live()
	w.DriftEvery = 100 * time.Millisecond
	e := &election{}
	w.Lead = e.stand
	p := w.Run(50 * time.Millisecond)
	reconcilertest.Until(t, "it says that nobody leads", func() bool { return strings.Contains(p.Get("/readyz"), "no replica is known to lead yet") })
	e.tell(reconciler.Leader{Trouble: "the cluster is away"})
	reconcilertest.Until(t, "it says why", func() bool { return strings.Contains(p.Get("/readyz"), "no replica leads: the cluster is away") })
	e.tell(others)
	reconcilertest.Until(t, "it is ready", func() bool { return p.Get("/readyz") == "ok: it follows two\n" })
	w.Publish("ana", "next", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0"))
	looks := func() string { return p.Metric("levee_last_pass_timestamp_seconds") }
	before := looks()
	reconcilertest.Until(t, "it looks", func() bool { return looks() != before })
	w.WantRuns("staging")
	if apps := w.View().Touching("publish/next"); len(apps) != 0 {
		t.Errorf("it recorded something about %q", apps)
	}
	if got := p.Metric("levee_leader"); got != "levee_leader 0\n" {
		t.Errorf("the metric of a replica that follows is %q", got)
	}

	e.tell(ours)
	reconcilertest.Until(t, "it takes over", func() bool { return w.Runs("staging")["board"] == "1.1.0" })
	if got := p.Metric("levee_leader"); got != "levee_leader 1\n" {
		t.Errorf("the metric of a replica that leads is %q", got)
	}
	if got := p.Get("/readyz"); got != "ok: this replica leads, one\n" {
		t.Errorf("it says %q", got)
	}

	e.tell(others)
	reconcilertest.Until(t, "it settles what it began", func() bool {
		return p.Get("/readyz") == "ok: it follows two\n" && w.App("board").Applied["staging"].Admission > 0
	})
	w.Publish("ana", "third", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.2.0"))
	w.Write("run/staging/apps/board.json", "{}")
	before = looks()
	reconcilertest.Until(t, "it looks", func() bool { return looks() != before })
	if got := w.Read("run/staging/apps/board.json"); got != "{}" {
		t.Errorf("it put drift right: %s", got)
	}
	e.tell(ours)
	reconcilertest.Until(t, "it leads again", func() bool { return w.Runs("staging")["board"] == "1.2.0" })
	w.WantAudit()
}

// TestFollowerIsTold: a replica that follows looks at a change that it is told of, since what told it
// is kept nowhere else.
func TestFollowerIsTold(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.Live()
	e := &election{now: others}
	w.Lead = e.stand
	p := w.Run(50 * time.Millisecond)
	reconcilertest.Until(t, "it follows", func() bool { return p.Get("/readyz") == "ok: it follows two\n" })
	w.Publish("ana", "told", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	p.Nudge(forge.KeyChange("publish/told"))
	reconcilertest.Until(t, "it is recorded", func() bool { return len(w.View().Touching("publish/told")) == 1 })
}

// TestContainmentNeedsNoLead: an app is contained by whichever replica is asked, whoever leads.
func TestContainmentNeedsNoLead(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	w.WantRuns("staging", "board=1.0.0")
	w.Live()
	e := &election{now: reconciler.Leader{Trouble: "the cluster is away"}}
	w.Lead = e.stand
	p := w.Run(50 * time.Millisecond)
	reconcilertest.Until(t, "nobody leads", func() bool { return strings.Contains(p.Get("/readyz"), "no replica leads") })
	done, err := p.Contain.Quarantine(t.Context(), "board", "it leaks", "oncall")
	if err != nil || len(done.Marked) != 2 || !done.Recorded {
		t.Errorf("it is contained as %+v, %v", done, err)
	}
	w.WantRuns("staging")
	w.WantRuns("production")
	w.WantAudit()
}
