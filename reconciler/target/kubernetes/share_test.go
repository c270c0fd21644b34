package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/workload"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

func TestSharer(t *testing.T) {
	kubetest.Skip(t)
	targettest.TestSharer(t, func(t *testing.T) targettest.World {
		c := newCluster(t)
		s := newSharing(c)
		return targettest.World{
			Target: s.target, Runs: c.runsAny, Print: c.print, Play: c.play,
			Restart: func() target.Target { return rendering{c.open(), c} },
		}
	})
}

// sharing is an object that asks for a share of the replicas first.
func sharing(version string, admission int64) target.Object {
	return targettest.Sharing(targettest.Object("board", version, admission))
}

// comes brings an object to all replicas.
func (s *stage) comes(o target.Object) {
	s.t.Helper()
	s.mustApply(o)
	s.play(production, o.App, targettest.AllHaveIt)
	s.mustApply(o)
	if seen := s.observe(o.App); seen.Health.State != target.Ready || seen.Drift != "" {
		s.t.Fatalf("it is observed as %+v", seen)
	}
}

// TestShareHandover: a Deployment that runs makes way for a Rollout, and a Rollout for a Deployment, only
// once that is ready; it serves meanwhile, through restarts, newer content and what people do to it.
func TestShareHandover(t *testing.T) {
	s := newSharing(newCluster(t))
	s.comes(targettest.Object("board", "1.0.0", 1))
	uid := s.live(deployments, "board").GetUID()
	o := sharing("1.1.0", 2)
	preview, err := s.target.Preview(t.Context(), production, o)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, item := range preview.Items {
		if strings.HasSuffix(item.What, "/board") && (item.Verb == target.ItemRemove || strings.HasPrefix(item.What, "Rollout/")) {
			said = append(said, string(item.Verb)+" "+item.What+": "+item.Words)
		}
	}
	if want := []string{"create Rollout/board: not there yet; it has 1 replica, so that the share is one more beside it, which gets about half of what there is to do", "remove Deployment/board: once Rollout/board, which takes its place, is ready"}; !slices.Equal(said, want) {
		t.Errorf("foreseen is %q", said)
	}
	stays := func(what string) {
		t.Helper()
		if live := s.live(deployments, "board"); live == nil || live.GetUID() != uid || !workload.Runs(live) || live.GetDeletionTimestamp() != nil {
			t.Fatalf("%s the Deployment does not serve", what)
		}
		if seen := s.observe("board"); seen.Drift != "" || seen.Health.State == target.Ready {
			t.Errorf("%s it is observed as %+v", what, seen)
		}
	}
	s.mustApply(o)
	stays("right after")
	s.target = rendering{s.open(), s.cluster}
	s.mustApply(sharing("1.2.0", 3))
	stays("with newer content")
	s.patch(deployments, s.namespace(production, "board"), "board", `{"metadata":{"annotations":{"a":"b"}}}`)
	s.play(production, "board", targettest.ShareFailed)
	stays("while the Rollout fails")
	s.play(production, "board", targettest.AllHaveIt)
	seen := s.observe("board")
	if !strings.Contains(seen.Drift, "Deployment/board is there though what took its place is ready") || len(seen.Drifted) > 0 {
		t.Errorf("once the Rollout is ready it is observed as %+v", seen)
	}
	receipt := s.mustApply(sharing("1.2.0", 3))
	if s.live(deployments, "board") != nil || !slices.Contains(receipt.Details, "removed Deployment/board") {
		t.Errorf("the Deployment is still there: %+v", receipt)
	}
	if seen := s.observe("board"); seen.Drift != "" || seen.Health.State != target.Ready {
		t.Errorf("afterwards it is observed as %+v", seen)
	}

	back := targettest.Object("board", "1.3.0", 4)
	s.mustApply(back)
	if live := s.live(rollouts, "board"); live == nil || !workload.Runs(live) {
		t.Error("the Rollout goes before the Deployment is ready")
	}
	s.play(production, "board", targettest.AllHaveIt)
	s.mustApply(back)
	if s.live(rollouts, "board") != nil {
		t.Error("the Rollout is still there")
	}
}

// TestShareHandoverHeld: what is contained or disabled while one workload takes the place of another runs by
// neither of them.
func TestShareHandoverHeld(t *testing.T) {
	for name, hold := range map[string]func(*stage){
		"contained": func(s *stage) {
			if _, err := s.target.Quarantine(t.Context(), production, "board", target.Mark{Reason: "leak"}); err != nil {
				t.Fatal(err)
			}
		},
		"disabled": func(s *stage) {
			o := sharing("1.1.0", 2)
			o.Disabled = true
			s.mustApply(o)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSharing(newCluster(t))
			s.comes(targettest.Object("board", "1.0.0", 1))
			s.mustApply(sharing("1.1.0", 2))
			hold(s)
			for _, kind := range []string{"rollouts", "deployments"} {
				at := rollouts
				if kind == "deployments" {
					at = deployments
				}
				if live := s.live(at, "board"); live != nil && workload.Runs(live) {
					t.Errorf("%s of it run", kind)
				}
			}
			if seen := s.observe("board"); seen.Drift != "" {
				t.Errorf("it is observed as %+v", seen)
			}
		})
	}
}

// TestShareThrottled: an app that is throttled keeps to less whichever workload it has, and an autoscaler scales
// the one it has. A number of replicas that no manifest says is carried over.
func TestShareThrottled(t *testing.T) {
	c := newCluster(t)
	c.files = chartOf(withSpec("") + strings.ReplaceAll(autoscaler, "-elsewhere", ""))
	s := newSharing(c)
	s.comes(targettest.Object("board", "1.0.0", 1))
	s.patch(deployments, s.namespace(production, "board"), "board", `{"spec":{"replicas":4}}`)
	s.mustApply(sharing("1.1.0", 2))
	if n := s.number(rollouts, "board", "spec", "replicas"); n != 4 {
		t.Errorf("of 4 replicas that others set, the Rollout has %d", n)
	}
	scaler := s.live(autoscalers, "board")
	if ref := scaler.Object["spec"].(map[string]any)["scaleTargetRef"].(map[string]any); ref["kind"] != "Rollout" || ref["apiVersion"] != "argoproj.io/v1alpha1" {
		t.Errorf("the autoscaler scales %v", ref)
	}
	if _, err := s.target.Throttle(t.Context(), production, "board", target.Mark{Reason: "it costs too much"}); err != nil {
		t.Fatal(err)
	}
	if r, d := s.number(rollouts, "board", "spec", "replicas"), s.number(deployments, "board", "spec", "replicas"); r != 1 || d != 1 {
		t.Errorf("throttled it has %d replicas by the Rollout and %d by the Deployment", r, d)
	}
	s.play(production, "board", targettest.AllHaveIt)
	s.mustApply(sharing("1.1.0", 2))
	if seen := s.observe("board"); seen.Drift != "" || s.live(deployments, "board") != nil {
		t.Errorf("it is observed with the drift %q", seen.Drift)
	}
}

// TestShareBreaksOff: a handover that ends at any of its requests leaves a state from which the same step gives the
// same end, and in none of them nothing runs.
func TestShareBreaksOff(t *testing.T) {
	s := newSharing(newCluster(t))
	s.comes(targettest.Object("board", "1.0.0", 1))
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
		o := targettest.Object("board", fmt.Sprintf("1.%d.0", n), int64(n+1))
		if n%2 == 1 {
			o = targettest.Sharing(o)
		}
		_, err := broken.Apply(ctx, production, target.Step{Verb: target.Update, App: o.App, Object: o})
		cancel()
		if before := s.runsAny(production, "board"); before == "" {
			t.Fatalf("after ending at request %d nothing runs", n)
		}
		s.comes(o)
		if r, d := s.live(rollouts, "board") != nil, s.live(deployments, "board") != nil; r == d || r != (n%2 == 1) {
			t.Fatalf("after ending at request %d there is a Rollout (%t) and a Deployment (%t)", n, r, d)
		}
		if err == nil {
			break
		}
		ends++
	}
	if ends < 10 {
		t.Errorf("a handover has %d requests", ends)
	}
}

// TestShareDrift: what the controller of Argo Rollouts writes is no drift; what people change is.
func TestShareDrift(t *testing.T) {
	s := newSharing(newCluster(t))
	o := sharing("1.0.0", 1)
	s.comes(o)
	s.writeBack("board")
	if seen := s.observe("board"); seen.Drift != "" || seen.Health.State != target.Ready {
		t.Errorf("what the controller writes is observed as %+v", seen)
	}
	s.patch(rollouts, s.namespace(production, "board"), "board", `{"spec":{"strategy":{"canary":{"steps":[]}}}}`)
	if seen := s.observe("board"); !strings.Contains(seen.Drift, "Rollout/board was changed by kubectl-edit") {
		t.Errorf("it is observed as %+v", seen)
	}
	s.mustApply(o)
	if live := s.live(rollouts, "board"); !strings.Contains(strings.ReplaceAll(live.GetName()+toText(live.Object["spec"]), " ", ""), `"setWeight":20`) {
		t.Errorf("it was not put right: %v", live.Object["spec"])
	}
}

// TestShareNotServed: where the cluster serves no Rollouts, content is applied at once, and that is said; so it is
// again when Argo Rollouts is taken away.
func TestShareNotServed(t *testing.T) {
	kubetest.Skip(t)
	own := kubetest.Start(t, kubetest.Options{})
	c := &cluster{Cluster: own, t: t, prefix: "a-", render: renderer}
	c.connect()
	c.makeNamespace(c.prefix + "levee")
	s := &stage{c, rendering{c.open(), c}}
	o := sharing("1.0.0", 1)
	says := func(want string) {
		t.Helper()
		if words, err := target.ToReplicas(t.Context(), s.target, production, o); err != nil || words != want {
			t.Errorf("it is said %q, %v", words, err)
		}
	}
	const atOnce = "it is applied at once, and not to 20% of the replicas first, for 30m, since the cluster serves no Rollout.argoproj.io: Argo Rollouts is not installed there"
	says(atOnce)
	s.comes(o)
	if s.live(deployments, "board") == nil {
		t.Error("no Deployment runs it")
	}
	s.ServeRollouts(t)
	s.target = rendering{s.open(), c}
	says("it is applied at once, and not to 20% of the replicas first, for 30m, since no Rollout of it runs there yet, of which the others could go on with something; a share has the next content first")
	if seen := s.observe("board"); seen.Drift != "" {
		t.Errorf("once Argo Rollouts is there, it is observed as %+v", seen)
	}
	o = sharing("1.1.0", 2)
	s.comes(o)
	if s.live(rollouts, "board") == nil || s.live(deployments, "board") != nil {
		t.Error("no Rollout runs it alone")
	}
	says("it comes to 20% of the replicas first, for 30m, and then to the others")
	if err := s.client.Resource(definitions).Delete(t.Context(), "rollouts.argoproj.io", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	s.target = rendering{s.open(), c}
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) { // the API server tells it a little later
		inventory, err := s.target.Observe(t.Context(), production, "board")
		if err == nil && strings.Contains(inventory.Apps["board"].Drift, "Rollout/board is not there") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("without Argo Rollouts it is observed as %+v, %v", inventory.Apps["board"], err)
		}
	}
	s.comes(o)
	says(atOnce)
	if s.live(deployments, "board") == nil {
		t.Error("no Deployment runs it again")
	}
}
