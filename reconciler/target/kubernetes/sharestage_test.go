package kubernetes

import (
	"context"
	"encoding/json"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/live"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/workload"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

var rollouts = schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "rollouts"}

// newSharing is a stage in a cluster that serves Rollouts. Their controller is the test: it says what that of
// Argo Rollouts would.
func newSharing(c *cluster) *stage {
	c.t.Helper()
	c.ServeRollouts(c.t)
	return &stage{c, rendering{c.open(), c}}
}

// live is a resource of the app in production; nil where there is none.
func (c *cluster) live(kind schema.GroupVersionResource, app string) *unstructured.Unstructured {
	c.t.Helper()
	live, err := c.client.Resource(kind).Namespace(c.namespace(production, app)).Get(context.Background(), app, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return live
}

// play says of the app's Rollout what the controller of Argo Rollouts would, and waits for its Deployment to be ready.
func (c *cluster) play(_, app string, far targettest.Progress) {
	c.t.Helper()
	if c.live(rollouts, app) != nil {
		phase := map[targettest.Progress]kubetest.RolloutPhase{
			targettest.ShareHasIt: kubetest.RolloutPaused, targettest.AllHaveIt: kubetest.RolloutHealthy, targettest.ShareFailed: kubetest.RolloutAborted,
		}[far]
		c.SetRollout(c.t, c.namespace(production, app), app, phase)
	}
	for end := time.Now().Add(2 * time.Minute); far == targettest.AllHaveIt; time.Sleep(100 * time.Millisecond) {
		there := c.live(deployments, app)
		if there == nil || !workload.Runs(there) || live.Health(there).State == target.Ready {
			return
		}
		if time.Now().After(end) {
			c.t.Fatalf("its Deployment is not ready: %+v", live.Health(there))
		}
	}
}

// runsAny is the digest of what runs, by whichever workload.
func (c *cluster) runsAny(environment, app string) catalog.Digest {
	if live := c.live(rollouts, app); live != nil && workload.Runs(live) && live.GetLabels()[manifests.LabelInventory] != "" {
		return targettest.Object(app, live.GetAnnotations()["levee.dev/version"], 1).Render
	}
	return c.runs(environment, app)
}

// AtOnce hands the target what the suite gives it, rendered.
func (r rendering) AtOnce(ctx context.Context, environment string, o target.Object) (string, error) {
	return r.Target.AtOnce(ctx, environment, r.c.inEnvironment(environment, o))
}

// writeBack writes the app's Rollout as its controller does: the whole of it, with an annotation besides.
func (c *cluster) writeBack(app string) {
	c.t.Helper()
	live := c.live(rollouts, app)
	annotations := live.GetAnnotations()
	annotations["rollout.argoproj.io/revision"] = "2"
	live.SetAnnotations(annotations)
	if _, err := c.client.Resource(rollouts).Namespace(live.GetNamespace()).Update(context.Background(), live, metav1.UpdateOptions{FieldManager: "rollouts-controller"}); err != nil {
		c.t.Fatal(err)
	}
}

// toText is a value as JSON.
func toText(v any) string {
	raw, _ := json.Marshal(v) // came from JSON
	return string(raw)
}
