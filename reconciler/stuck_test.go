package reconciler_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// hold holds up effects of the processes that start in a world from now on.
func hold(w *reconcilertest.World, what string) *reconcilertest.Stuck {
	s := reconcilertest.NewStuck(what)
	w.Intercept = s.Intercept
	return s
}

// TestStuckHoldsUpNothing: while one thing does not come back, everything else goes on: a
// change is judged, another app is applied and another is contained; what was held up is
// done once.
func TestStuckHoldsUpNothing(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]string{
		"a target": "target apply staging board", "a comment on a change": "forge publish/slow",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := reconcilertest.New(t, "board", "other", "third")
			w.Pass()
			w.Live()
			w.Publish("ana", "slow", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
			if strings.HasPrefix(what, "target") {
				w.Push(reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.0.1"))
			}
			s := hold(w, what)
			w.Run(50 * time.Millisecond)
			t.Cleanup(s.Release)
			<-s.Reached

			w.Publish("ana", "quick", reconcilertest.BoardFile("third", reconcilertest.Medium("1.1.0")...))
			reconcilertest.Until(t, "the other change is judged", func() bool {
				_, open := w.App("third").Changes["publish/quick"]
				return open
			})
			w.Push(reconcilertest.BoardFile("other", "version: 1.0.0", "version: 1.0.2"))
			reconcilertest.Until(t, "the other app is applied", func() bool { return w.Runs("staging")["other"] == "1.0.2" })

			if done := w.Quarantine("third", "it leaks", "oncall"); len(done.Marked) != 2 {
				t.Errorf("contained: %+v", done)
			}

			s.Release()
			if strings.HasPrefix(what, "target") {
				reconcilertest.Until(t, "what was held up is applied", func() bool { return w.Runs("staging")["board"] == "1.0.1" })
			}
			reconcilertest.Until(t, "nothing is under way", func() bool {
				report := w.Audit()
				return len(report.Findings) == 0 && !slices.ContainsFunc(report.Open, func(c chain.OpenClaim) bool { return strings.HasPrefix(string(c.Effect), "apply") })
			})
		})
	}
}

// TestClaimIsRenewed: while an effect takes longer than its claim, the claim is renewed,
// and another replica leaves it alone; once it has ended, its receipt is recorded.
func TestClaimIsRenewed(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "other")
	w.Pass()
	two := w.Replica("two")
	w.Push(reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.0.1"))
	s := hold(w, "target apply staging board")
	w.Later(time.Minute)
	w.Run(50 * time.Millisecond)
	t.Cleanup(s.Release)
	<-s.Reached

	claims := func() int { return w.Count("Claim to go on with apply staging of board") }
	for n := range 3 {
		w.Later(90 * time.Second << n)
		reconcilertest.Until(t, "the claim is renewed", func() bool { return claims() > n })
		if done, err := two.TryPass(); err != nil || len(done.Applied.Effects) > 0 {
			t.Errorf("the other replica did %+v: %v", done.Applied.Effects, err)
		}
	}
	s.Release()
	reconcilertest.Until(t, "it is recorded", func() bool {
		return strings.HasSuffix(strings.Join(w.Log(), "\n"), "Apply board in staging: done") || w.Runs("production")["board"] == "1.0.1"
	})
	if n := claims(); n != 3 {
		t.Errorf("the claim was renewed %d times", n)
	}
}

// TestReviewsAreRecordedTogether: what reviews want recorded while a push is under way goes
// out with the next one; two changes of one app are each recorded, and neither twice.
func TestReviewsAreRecordedTogether(t *testing.T) {
	t.Parallel()
	const changes = 12
	var apps []string
	for n := range changes {
		apps = append(apps, fmt.Sprintf("board-%c", 'a'+n))
	}
	w := reconcilertest.New(t, apps...)
	w.Pass()
	for n, app := range apps {
		w.Publish("ana", "change-"+app, reconcilertest.BoardFile(app, reconcilertest.Medium("1.1.0")...))
		if n < 2 {
			w.Publish("ana", "again-"+app, reconcilertest.BoardFile(app, reconcilertest.Medium("1.2.0")...))
		}
	}
	var pushes atomic.Int64
	w.Intercept = func(what string, effect func() error) error {
		if strings.HasPrefix(what, "push") && pushes.Add(1) == 1 {
			time.Sleep(time.Second) // the others gather
		}
		return effect()
	}
	before := len(w.Log())
	w.Pass()
	decided := 0
	for _, record := range w.Log()[before:] {
		if strings.HasPrefix(record, "Decide in change ") {
			decided++
		}
	}
	if decided != changes+2 || pushes.Load() >= changes {
		t.Errorf("%d decisions recorded with %d pushes", decided, pushes.Load())
	}
	w.WantAudit()
}
