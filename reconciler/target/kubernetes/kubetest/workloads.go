package kubetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// The resources that the start reads and writes.
var (
	nodes           = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
	pods            = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	namespaces      = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	serviceAccounts = schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}
)

// startWorkloads starts what makes pods of workloads and has them run: controllers,
// scheduler, kwok and its nodes.
func (c *Cluster) startWorkloads(ctx context.Context) error {
	for _, server := range [][]string{
		{"kube-controller-manager",
			"--kubeconfig=" + c.path("controllers.kubeconfig"),
			"--controllers=" + strings.Join(c.options.controllers(), ","),
			"--use-service-account-credentials", // so that the audit log says which controller it was
			"--service-account-private-key-file=" + c.path("accounts.key"),
			"--root-ca-file=" + c.path("ca.crt"),
			"--kube-api-qps=500", "--kube-api-burst=1000",
			"--leader-elect=false", "--secure-port=0", "--profiling=false"},
		{"kube-scheduler",
			"--kubeconfig=" + c.path("scheduler.kubeconfig"),
			"--kube-api-qps=500", "--kube-api-burst=1000",
			"--leader-elect=false", "--secure-port=0", "--profiling=false"},
		{"kwok",
			"--kubeconfig=" + c.path("kwok.kubeconfig"),
			"--config=" + c.path("stages.yaml"),
			"--manage-all-nodes",
			"--node-lease-duration-seconds=0"}, // nobody waits for heartbeats
	} {
		if _, err := c.run(server[0], server[1:]...); err != nil {
			return err
		}
	}
	for i := range c.options.nodes() {
		if err := c.makeNode(ctx, fmt.Sprintf("node-%d", i+1)); err != nil {
			return err
		}
	}
	c.mu.Lock()
	running := slices.Clone(c.servers)
	c.mu.Unlock()
	return await(ctx, "nodes and controllers are ready", running, c.workloadsReady)
}

func (c *Cluster) makeNode(ctx context.Context, name string) error {
	node := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1",
		"kind":       "Node",
		"metadata": map[string]any{
			"name":   name,
			"labels": map[string]any{"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"},
		},
	}}
	if _, err := c.client.Resource(nodes).Create(ctx, node, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("make the node %s: %w", name, err)
	}
	return nil
}

// workloadsReady says what a pod would still have to wait for.
func (c *Cluster) workloadsReady(ctx context.Context) error {
	list, err := c.client.Resource(nodes).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list the nodes: %w", err)
	}
	for _, node := range list.Items {
		if condition(&node, "Ready") != "True" {
			return fmt.Errorf("the node %s is not ready", node.GetName())
		}
	}
	if !slices.Contains(c.options.controllers(), "serviceaccount-controller") {
		return nil
	}
	if _, err := c.client.Resource(serviceAccounts).Namespace("default").Get(ctx, "default", metav1.GetOptions{}); err != nil {
		return errors.Join(errors.New("the namespace default has no service account yet"), err)
	}
	return nil
}

// condition is the status of a condition of an object; empty where it has none of
// that type.
func condition(object *unstructured.Unstructured, kind string) string {
	all, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, one := range all {
		if c, ok := one.(map[string]any); ok && c["type"] == kind {
			status, _ := c["status"].(string)
			return status
		}
	}
	return ""
}
