package kubernetes

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	v1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// newArgo is a stage in a cluster in which the controller of Argo Rollouts looks after the Rollouts of board.
func newArgo(t *testing.T) *stage {
	t.Helper()
	c := newCluster(t)
	c.files = chartOf(withSpec("  replicas: 4\n"))
	s := newSharing(c)
	s.comesBy(targettest.Object("board", "1.0.0", 1))
	c.RunRollouts(t, c.namespace(production, "board"))
	return s
}

// shortly is an object that asks for a share of the replicas for some seconds.
func shortly(version string, admission int64, seconds string) target.Object {
	o := sharing(version, admission)
	o.Document = bytes.Replace(o.Document, []byte(`"for":1800`), []byte(`"for":`+seconds), 1)
	return o
}

// until waits until the app is observed as a test wants it, and returns that.
func (s *stage) until(what string, is func(target.Observed) bool) target.Observed {
	s.t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		seen := s.observe("board")
		if is(seen) {
			return seen
		}
		if time.Now().After(end) {
			s.t.Fatalf("it never came to this: %s; it is observed as %+v, and the Rollout says %s", what, seen, toText(s.live(rollouts, "board").Object["status"]))
		}
	}
}

func isReady(o target.Observed) bool { return o.Health.State == target.Ready }

// comesBy applies an object and waits until all that follows of it is done.
func (s *stage) comesBy(o target.Object) {
	s.t.Helper()
	s.mustApply(o)
	s.until("the newest content is ready", isReadyOrMakesWay)
	s.mustApply(o) // what made way goes
	if seen := s.until("it is ready", isReady); seen.Drift != "" || seen.Render != o.Render {
		s.t.Fatalf("it is observed as %+v", seen)
	}
}

// isReadyOrMakesWay reports whether all is ready, or would be once what made way were gone.
func isReadyOrMakesWay(o target.Observed) bool {
	return isReady(o) || strings.Contains(o.Drift, "is there though what took its place is ready")
}

// TestShareByArgo: what is told of a share is so with the controller of Argo Rollouts itself.
func TestShareByArgo(t *testing.T) {
	s := newArgo(t)
	s.comesBy(shortly("1.1.0", 2, "5"))
	if s.live(deployments, "board") != nil {
		t.Error("the Deployment is still there")
	}

	// A share has it for five seconds, then all replicas do.
	o := shortly("1.2.0", 3, "5")
	s.mustApply(o)
	seen := s.until("a share has it", func(o target.Observed) bool { return o.Health.Share > 0 })
	if h := seen.Health; h.State != target.Progressing || h.Share != 20 || seen.Drift != "" {
		t.Errorf("with a share it is observed as %+v", seen)
	}
	if seen = s.until("all have it", isReady); seen.Drift != "" || seen.Health.Share != 0 {
		t.Errorf("with all replicas it is observed as %+v", seen)
	}

	// An aborted share is failing, and going back to what ran is ready without a share.
	o = shortly("1.3.0", 4, "3600")
	s.mustApply(o)
	s.until("a share has it", func(o target.Observed) bool { return o.Health.Share > 0 })
	s.abort("board")
	seen = s.until("the share is aborted", func(o target.Observed) bool { return o.Health.State == target.Failing })
	if !strings.Contains(seen.Health.Reason, "Rollout/board: ") || seen.Drift != "" {
		t.Errorf("an aborted share is observed as %+v", seen)
	}
	back := shortly("1.2.0", 5, "3600")
	s.mustApply(back)
	s.until("what ran before is ready", isReady)

	// Contained it is stopped with all its replicas, and released it comes back.
	o = shortly("1.4.0", 6, "3600")
	s.mustApply(o)
	s.until("a share has it", func(o target.Observed) bool { return o.Health.Share > 0 })
	if _, err := s.target.Quarantine(t.Context(), production, "board", target.Mark{Reason: "leak"}); err != nil {
		t.Fatal(err)
	}
	s.podsOf("board", 0)
	if _, err := s.target.Release(t.Context(), production, "board"); err != nil {
		t.Fatal(err)
	}
	s.mustApply(o)
	s.podsOf("board", 1)
}

// abort aborts a Rollout as people do, by its status.
func (c *cluster) abort(app string) {
	c.t.Helper()
	client := c.client.Resource(rollouts).Namespace(c.namespace(production, app))
	if _, err := client.Patch(context.Background(), app, types.MergePatchType, []byte(`{"status":{"abort":true}}`), v1.PatchOptions{FieldManager: "kubectl-argo-rollouts"}, "status"); err != nil {
		c.t.Fatal(err)
	}
}

// podsOf waits until an app has no pods, or at least as many as it should.
func (c *cluster) podsOf(app string, least int) {
	c.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		list, err := c.client.Resource(pods).Namespace(c.namespace(production, app)).List(context.Background(), v1.ListOptions{})
		if err != nil {
			c.t.Fatal(err)
		}
		if n := len(list.Items); n == 0 && least == 0 || least > 0 && n >= least {
			return
		}
		if time.Now().After(end) {
			c.t.Fatalf("it has %d pods", len(list.Items))
		}
	}
}
