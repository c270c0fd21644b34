package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

const production = targettest.Production

// stage is a target in a cluster, and short words for what is done with it.
type stage struct {
	*cluster
	target rendering
}

func newStage(t *testing.T) *stage {
	t.Helper()
	c := newCluster(t)
	return &stage{c, rendering{c.open(), c}}
}

// apply brings an app to what it shall be, from what is observed of it.
func (s *stage) apply(o target.Object) (target.Receipt, error) {
	return s.target.Apply(context.Background(), production, target.Step{Verb: target.Correct, App: o.App, Object: o})
}

func (s *stage) mustApply(o target.Object) target.Receipt {
	s.t.Helper()
	receipt, err := s.apply(o)
	if err != nil {
		s.t.Fatal(err)
	}
	return receipt
}

func (s *stage) observe(app string) target.Observed {
	s.t.Helper()
	inventory, err := s.target.Observe(context.Background(), production, app)
	if err != nil {
		s.t.Fatal(err)
	}
	return inventory.Apps[app]
}

// await waits until what is observed of an app is as it is asked for.
func (s *stage) await(app, what string, is func(target.Observed) bool) target.Observed {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		o := s.observe(app)
		if is(o) {
			return o
		}
		if time.Now().After(end) {
			s.t.Fatalf("%s never: it is %+v", what, o)
		}
	}
}

func state(want target.HealthState) func(target.Observed) bool {
	return func(o target.Observed) bool { return o.Health.State == want }
}

// writes is how much Levee wrote since a mark, as the API server saw it.
func (s *stage) writes(mark kubetest.Mark) []string {
	var list []string
	for _, e := range s.Audit().Since(mark) {
		if e.Writes() && strings.HasPrefix(e.UserAgent, "levee") && (strings.HasPrefix(e.Namespace, s.prefix) || strings.HasPrefix(e.Name, s.prefix)) {
			list = append(list, e.String())
		}
	}
	return list
}

// TestWrites: what is there already is not written again, and of what changes nothing else is.
func TestWrites(t *testing.T) {
	s := newStage(t)
	o := targettest.Object("board", "1.0.0", 1)
	s.mustApply(o)
	s.await(o.App, "ready", state(target.Ready))
	mark := s.Audit().Mark()
	if got := s.mustApply(o); got.Outcome != target.Unchanged {
		t.Errorf("once more it is %+v", got)
	}
	s.observe(o.App)
	if _, err := s.target.Preview(t.Context(), production, targettest.Object("board", "1.1.0", 2)); err != nil {
		t.Error(err)
	}
	if list := s.writes(mark); len(list) > 0 {
		t.Errorf("looking wrote %q", list)
	}
	s.patch(deployments, s.namespace(production, o.App), o.App, `{"spec":{"replicas":2}}`)
	mark = s.Audit().Mark()
	receipt := s.mustApply(o)
	if list := s.writes(mark); len(list) != 3 || len(receipt.Details) != 1 {
		t.Errorf("correcting one resource wrote %q, and says %q", list, receipt.Details)
	}
	s.patch(configMaps, s.namespace(production, o.App), o.App, `{"data":{"else":"x"}}`)
	if seen := s.observe(o.App); seen.Drift != "" {
		t.Errorf("what others add is drift: %s", seen.Drift)
	}
}

// TestDriftNames: drift says of which resource, and who made it.
func TestDriftNames(t *testing.T) {
	s := newStage(t)
	o := targettest.Object("board", "1.0.0", 1)
	s.mustApply(o)
	s.tamper(production, o.App)
	if seen := s.observe(o.App); !strings.Contains(seen.Drift, "Deployment/board was changed by kubectl-edit") {
		t.Errorf("drift is %q", seen.Drift)
	}
	s.mustApply(o)
	if err := s.client.Resource(deployments).Namespace(s.namespace(production, o.App)).Delete(t.Context(), o.App, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if seen := s.observe(o.App); !strings.Contains(seen.Drift, "Deployment/board is not there") {
		t.Errorf("drift is %q", seen.Drift)
	}
	s.mustApply(o)
	s.await(o.App, "ready again", state(target.Ready))
}

// TestHealth: an app is as ready as its pods are, and what does not come forward is not.
func TestHealth(t *testing.T) {
	s := newStage(t)
	o := targettest.Object("board", "1.0.0", 1)
	s.mustApply(o)
	ready := s.await(o.App, "ready", state(target.Ready))
	if ready.Health.Since.IsZero() || time.Since(ready.Health.Since) > time.Minute {
		t.Errorf("it is ready since %v", ready.Health.Since)
	}
	if n := s.SetPodsReady(t, s.namespace(production, o.App), "levee.dev/app="+o.App, false); n == 0 {
		t.Fatal("it has no pods")
	}
	bad := s.await(o.App, "not ready", func(o target.Observed) bool { return o.Health.State != target.Ready })
	if !strings.Contains(bad.Health.Reason, "Deployment/board") || bad.Drift != "" {
		t.Errorf("what is not ready is %+v", bad)
	}
	s.SetPodsReady(t, s.namespace(production, o.App), "levee.dev/app="+o.App, true)
	again := s.await(o.App, "ready again", state(target.Ready))
	if !again.Health.Since.After(ready.Health.Since) && !again.Health.Since.Equal(ready.Health.Since) {
		t.Errorf("it is ready since %v, and was since %v", again.Health.Since, ready.Health.Since)
	}
}

// TestAway: while the cluster is away nothing is told of it, and afterwards everything is as it
// was.
func TestAway(t *testing.T) {
	kubetest.Skip(t)
	own := kubetest.Start(t, kubetest.Options{Bare: true})
	c := &cluster{Cluster: own, t: t, prefix: "a-", render: renderer}
	c.connect()
	c.makeNamespace(c.prefix + "levee")
	s := &stage{c, rendering{c.open(), c}}
	o := targettest.Object("board", "1.0.0", 1)
	s.mustApply(o)
	own.KillAPIServer(t)
	if inventory, err := s.target.Observe(t.Context(), production); err == nil {
		t.Errorf("it is observed as %+v", inventory)
	}
	next := targettest.Object("board", "1.1.0", 2)
	if receipt, err := s.apply(next); err == nil || errors.Is(err, target.ErrPermanent) {
		t.Errorf("it is applied: %+v, %v", receipt, err)
	}
	if _, err := s.target.Quarantine(t.Context(), production, o.App, target.Mark{Reason: "leak"}); err == nil {
		t.Error("it is contained")
	}
	own.StartAPIServer(t)
	s.mustApply(next)
	if seen := s.observe(o.App); seen.Render != next.Render || seen.Drift != "" {
		t.Errorf("afterwards it is %+v", seen)
	}
}

// TestKindNotServed: a kind that the cluster does not have is that app's trouble, with what to
// do about it.
func TestKindNotServed(t *testing.T) {
	s := newStage(t)
	o := targettest.Object("board", "1.0.0", 1)
	artefact := s.artefact(o)
	artefact.Document = []byte(strings.Replace(string(artefact.Document), `"kind":"Service"`, `"kind":"Servant"`, 1))
	_, err := s.target.Target.Apply(t.Context(), production, target.Step{Verb: target.Create, App: o.App, Object: artefact})
	if err == nil || !strings.Contains(err.Error(), "the cluster serves no") {
		t.Errorf("it says %v", err)
	}
	s.mustApply(targettest.Object("desk", "1.0.0", 2))
}

// TestImmutable: a field that cannot be changed is told with the way out, and nothing is
// deleted for it.
func TestImmutable(t *testing.T) {
	s := newStage(t)
	o := s.artefact(targettest.Object("board", "1.0.0", 1))
	step := target.Step{Verb: target.Update, App: o.App, Object: o}
	if _, err := s.target.Target.Apply(t.Context(), production, step); err != nil {
		t.Fatal(err)
	}
	live, err := s.client.Resource(deployments).Namespace(s.namespace(production, o.App)).Get(t.Context(), o.App, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	step.Object.Document = []byte(strings.ReplaceAll(string(o.Document), `"matchLabels":{"levee.dev/app":"board"}},"template"`, `"matchLabels":{"levee.dev/team":"finance"}},"template"`))
	step.Object.Render = "d1:other"
	_, err = s.target.Target.Apply(t.Context(), production, step)
	if !errors.Is(err, target.ErrPermanent) || !strings.Contains(err.Error(), "Delete it by hand") {
		t.Errorf("it says %v", err)
	}
	after, err := s.client.Resource(deployments).Namespace(s.namespace(production, o.App)).Get(t.Context(), o.App, metav1.GetOptions{})
	if err != nil || after.GetUID() != live.GetUID() {
		t.Errorf("it was replaced: %v", err)
	}
}

// TestBreaksOff: an apply that ends at any of its requests leaves a state from which the same
// step gives the same end.
func TestBreaksOff(t *testing.T) {
	s := newStage(t)
	first, next := targettest.Object("board", "1.0.0", 1), targettest.Object("board", "1.1.0", 2)
	s.mustApply(first)
	ends := 0
	for n := 1; ; n++ {
		ctx, cancel := context.WithCancel(t.Context())
		var left atomic.Int64
		left.Store(int64(n))
		broken := rendering{s.openWith(func() {
			if left.Add(-1) == 0 {
				cancel()
			}
		}), s.cluster}
		o := next
		o.Fence = targettest.Fence(int64(n + 1))
		if n%2 == 0 {
			o = targettest.Object("board", fmt.Sprintf("1.%d.0", n), int64(n+1))
		}
		_, err := broken.Apply(ctx, production, target.Step{Verb: target.Update, App: o.App, Object: o})
		cancel()
		s.mustApply(o)
		if got := s.runs(production, o.App); got != o.Render {
			t.Fatalf("after ending at request %d, %s runs, not %s", n, got, o.Render)
		}
		if seen := s.observe(o.App); seen.Drift != "" || seen.Render != o.Render {
			t.Fatalf("after ending at request %d it is %+v", n, seen)
		}
		if err == nil {
			break
		}
		ends++
	}
	if ends < 10 {
		t.Errorf("an apply has %d requests", ends)
	}
}

// TestContainmentWaitsForNobody: an app is contained while an apply of it is stuck, and what
// the apply had started is cut once it goes on.
func TestContainmentWaitsForNobody(t *testing.T) {
	s := newStage(t)
	o := targettest.Object("board", "1.0.0", 1)
	s.mustApply(o)
	reached, goOn := make(chan struct{}), make(chan struct{})
	var requests atomic.Int64
	stuck := rendering{s.openWith(func() {
		if requests.Add(1) == 12 { // among those that apply
			close(reached)
			<-goOn
		}
	}), s.cluster}
	next := targettest.Object("board", "1.1.0", 2)
	ended := make(chan target.Receipt, 1)
	go func() {
		receipt, err := stuck.Apply(t.Context(), production, target.Step{Verb: target.Update, App: next.App, Object: next})
		if err != nil {
			t.Error(err)
		}
		ended <- receipt
	}()
	<-reached
	if _, err := s.target.Quarantine(t.Context(), production, o.App, target.Mark{Reason: "leak", By: "oncall"}); err != nil {
		t.Error(err)
	}
	if got := s.runs(production, o.App); got != "" {
		t.Errorf("%s runs while it is contained", got)
	}
	close(goOn)
	if receipt := <-ended; receipt.Outcome != target.Contained {
		t.Errorf("the apply says %+v", receipt)
	}
	if got := s.runs(production, o.App); got != "" {
		t.Errorf("%s runs after the apply went on", got)
	}
	if seen := s.observe(o.App); seen.Mark == nil || seen.Drift != "" {
		t.Errorf("it is held as %+v", seen)
	}
}

// TestKindGone: a kind that the cluster no longer has is the trouble of the app that lists one;
// others are observed.
func TestKindGone(t *testing.T) {
	s := newStage(t)
	o, other := targettest.Object("board", "1.0.0", 1), targettest.Object("desk", "1.0.0", 2)
	s.mustApply(o)
	s.mustApply(other)
	inv, err := s.target.store.Read(t.Context(), production, o.App)
	if err != nil {
		t.Fatal(err)
	}
	inv.Resources = append(inv.Resources, resource.Ref{APIVersion: "example.com/v1", Kind: "Servant", Namespace: s.namespace(production, o.App), Name: o.App})
	if err := s.target.store.Write(t.Context(), production, o.App, inv); err != nil {
		t.Fatal(err)
	}
	all, err := s.target.Observe(t.Context(), production)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(all.Apps[o.App].Drift, "Servant/board is not there") || all.Apps[other.App].Drift != "" {
		t.Errorf("they are observed as %+v", all.Apps)
	}
}
