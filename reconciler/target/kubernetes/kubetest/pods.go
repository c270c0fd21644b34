package kubetest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// SetPodsReady has every pod of a namespace that a selector of labels names be
// ready, or not, as a probe that passes or fails would; an empty selector names
// all. It returns how many there are. Pods that come later are ready.
func (c *Cluster) SetPodsReady(tb testing.TB, namespace, selector string, ready bool) int {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	list, err := c.client.Resource(pods).Namespace(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		tb.Fatalf("kubetest: list the pods of %s: %v", namespace, err)
	}
	patch := readiness(ready, time.Now())
	for _, pod := range list.Items {
		_, err := c.client.Resource(pods).Namespace(namespace).
			Patch(ctx, pod.GetName(), types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
		if err != nil {
			tb.Fatalf("kubetest: set the readiness of the pod %s/%s: %v", namespace, pod.GetName(), err)
		}
	}
	return len(list.Items)
}

// readiness is the part of a pod's status that a probe decides.
func readiness(ready bool, now time.Time) []byte {
	status, reason := "True", ""
	if !ready {
		status, reason = "False", "ContainersNotReady"
	}
	var conditions []map[string]string
	for _, kind := range []string{"Ready", "ContainersReady"} {
		conditions = append(conditions, map[string]string{
			"type": kind, "status": status, "reason": reason, "lastTransitionTime": now.UTC().Format(time.RFC3339),
		})
	}
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"conditions": conditions}})
	if err != nil {
		panic(err) // unreachable
	}
	return patch
}
