package kubetest

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

//go:embed rollouts.yaml
var rolloutDefinitions []byte

var (
	definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	rollouts    = schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "rollouts"}
)

// ServeRollouts has the cluster serve Rollouts, which nobody looks after but the test, or the
// controller that RunRollouts starts.
func (c *Cluster) ServeRollouts(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, text := range bytes.Split(rolloutDefinitions, []byte("---\n")) {
		definition := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(text, &definition.Object); err != nil {
			tb.Fatalf("kubetest: read the definition of Rollouts: %v", err)
		}
		if _, err := c.client.Resource(definitions).Create(ctx, definition, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
			tb.Fatalf("kubetest: define %s: %v", definition.GetName(), err)
		}
	}
	for {
		_, err := c.client.Resource(rollouts).List(ctx, metav1.ListOptions{Limit: 1})
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			tb.Fatalf("kubetest: Rollouts are not served: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// RunRollouts starts the controller of Argo Rollouts for one namespace. It ends with the cluster.
func (c *Cluster) RunRollouts(tb testing.TB, namespace string) {
	tb.Helper()
	config, err := c.config("rollouts-controller", "system:masters")
	if err == nil {
		err = WriteKubeconfig(c.path("rollouts.kubeconfig"), config)
	}
	if err == nil {
		_, err = c.run("rollouts-controller", "--kubeconfig="+c.path("rollouts.kubeconfig"), "--namespaced", "--namespace="+namespace,
			"--leader-elect=false", "--metricsPort=0", "--healthzPort=0", "--qps=500", "--burst=1000")
	}
	if err != nil {
		tb.Fatalf("kubetest: run the controller of Argo Rollouts, which `make servers` builds: %v", err)
	}
}

// RolloutPhase is how far a Rollout has come, as its controller says.
type RolloutPhase string

// How far Rollouts come: their share has the newest content, and waits; all replicas have it; or
// the share was taken back.
const (
	RolloutPaused  RolloutPhase = "Paused"
	RolloutHealthy RolloutPhase = "Healthy"
	RolloutAborted RolloutPhase = "Degraded"
)

// SetRollout says of a Rollout what its controller would, once it has come so far with what it is told to
// run now. Which content that is, the label app.kubernetes.io/version of its pods tells.
func (c *Cluster) SetRollout(tb testing.TB, namespace, name string, phase RolloutPhase) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client := c.client.Resource(rollouts).Namespace(namespace)
	live, err := client.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		tb.Fatalf("kubetest: read the Rollout %s/%s: %v", namespace, name, err)
	}
	current, _, _ := unstructured.NestedString(live.Object, "spec", "template", "metadata", "labels", "app.kubernetes.io/version")
	stable, _, _ := unstructured.NestedString(live.Object, "status", "stableRS")
	status := map[string]any{"phase": string(phase), "observedGeneration": fmt.Sprint(live.GetGeneration()), "currentPodHash": current, "stableRS": stable}
	switch phase {
	case RolloutPaused:
		status["message"], status["currentStepIndex"] = "CanaryPauseStep", int64(1)
		status["pauseConditions"] = []any{map[string]any{"reason": "CanaryPauseStep", "startTime": time.Now().UTC().Format(time.RFC3339)}}
	case RolloutHealthy:
		status["currentStepIndex"], status["stableRS"] = int64(2), current
	case RolloutAborted:
		status["message"], status["currentStepIndex"], status["abort"] = `RolloutAborted: metric "errors" assessed Failed`, int64(0), true
	}
	live.Object["status"] = status
	if _, err := client.UpdateStatus(ctx, live, metav1.UpdateOptions{FieldManager: "rollouts-controller"}); err != nil {
		tb.Fatalf("kubetest: set the status of the Rollout %s/%s: %v", namespace, name, err)
	}
}
