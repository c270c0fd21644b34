package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
)

// Image listens on nothing and does nothing, and is small.
const Image = "registry.k8s.io/pause@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a"

// Cluster says in which cluster a story is played: how it is reached, as kubectl would where that
// is left out, and what the apps run there.
type Cluster struct {
	Kubeconfig, Context string
	Image               string // pinned by its digest
}

// ClusterDemo is a cluster in which a story is played, in namespaces of its own.
type ClusterDemo struct {
	*Demo
	at     Cluster
	client dynamic.Interface
	home   string // the namespace of the inventories, with which the names of the others begin
}

var (
	namespaces  = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
)

// InCluster reaches the cluster of a story and makes the namespace of its inventories. The story's
// clock begins at the cluster's, which tells since when an app is ready.
func (d *Demo) InCluster(at Cluster) (*ClusterDemo, error) {
	if at.Kubeconfig != "" {
		var err error
		if at.Kubeconfig, err = filepath.Abs(at.Kubeconfig); err != nil {
			return nil, err
		}
	}
	config, err := kubernetes.Config(at.Kubeconfig, at.Context)
	if err != nil {
		return nil, exit.Usagef("%w; name a file with --kubeconfig", err)
	}
	config.Timeout = 30 * time.Second
	c := &ClusterDemo{Demo: d, at: at, home: "levee-demo-" + strings.ToLower(rand.Text()[:5])}
	if c.client, err = dynamic.NewForConfig(config); err != nil {
		return nil, fmt.Errorf("reach the cluster at %s: %w", config.Host, err)
	}
	namespace := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{
		"name": c.home, "labels": map[string]any{"pod-security.kubernetes.io/enforce": "restricted"},
	}}}
	made, err := c.client.Resource(namespaces).Create(d.ctx, namespace, metav1.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("make the namespace %s in the cluster at %s: %w; name another cluster with --kubeconfig and --context", c.home, config.Host, err)
	}
	d.clock = made.GetCreationTimestamp().UTC()
	fmt.Fprintf(d.out, "The cluster is %s.\n", config.Host)
	return c, nil
}

// ours selects the namespaces of apps of this story.
func (c *ClusterDemo) ours() metav1.ListOptions {
	return metav1.ListOptions{LabelSelector: "levee.dev/inventory=" + c.home}
}

// Kept says what is left in the cluster.
func (c *ClusterDemo) Kept() {
	fmt.Fprintf(c.out, "What is in the cluster goes with `kubectl delete namespaces -l levee.dev/inventory=%s` and `kubectl delete namespace %[1]s`.\n", c.home)
}

// Remove deletes what the story made in the cluster, and waits for a while until it is gone. It does so
// too where the story was interrupted.
func (c *ClusterDemo) Remove() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 2*time.Minute)
	defer cancel()
	left, err := c.deleteAll(ctx)
	for err == nil && left > 0 && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
			left, err = c.deleteAll(ctx)
		}
	}
	switch {
	case err != nil:
		fmt.Fprintf(c.out, "What the story made in the cluster could not be deleted: %v\n", err)
		c.Kept()
	case left > 0:
		fmt.Fprintf(c.out, "%s of the story are deleted, and not gone yet.\n", output.Plural(left, "namespace"))
	default:
		fmt.Fprintln(c.out, "What the story made in the cluster is deleted.")
	}
}

// deleteAll deletes the namespaces of the story, and counts those that are still there.
func (c *ClusterDemo) deleteAll(ctx context.Context) (left int, err error) {
	list, err := c.client.Resource(namespaces).List(ctx, c.ours())
	if err != nil {
		return 0, err
	}
	names := []string{c.home}
	for _, one := range list.Items {
		names = append(names, one.GetName())
	}
	for _, name := range names {
		switch failed := c.client.Resource(namespaces).Delete(ctx, name, metav1.DeleteOptions{}); {
		case failed == nil || apierrors.IsConflict(failed): // it ends
			left++
		case !apierrors.IsNotFound(failed):
			err = errors.Join(err, failed)
		}
	}
	return left, err
}

func (c *ClusterDemo) namespace(environment, app string) string {
	return c.home + "-" + environment + "-" + app
}

// deployment is that of an app as the cluster has it; nil where it has none.
func (c *ClusterDemo) deployment(environment, app string) *unstructured.Unstructured {
	live, err := c.client.Resource(deployments).Namespace(c.namespace(environment, app)).Get(c.ctx, app, metav1.GetOptions{})
	if err != nil {
		return nil
	}
	return live
}

// runs is the version of an app that runs, as its Deployment says.
func (c *ClusterDemo) runs(environment, app string) string {
	live := c.deployment(environment, app)
	if live == nil {
		return "nothing"
	}
	wanted, _, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
	if wanted == 0 {
		return "nothing"
	}
	return live.GetAnnotations()["levee.dev/version"]
}

// edit changes the Deployment of an app as somebody with kubectl does.
func (c *ClusterDemo) edit(environment, app, patch string) error {
	fmt.Fprintf(c.out, "$ kubectl -n %s patch deployment %s -p '%s'\n", c.namespace(environment, app), app, patch)
	_, err := c.client.Resource(deployments).Namespace(c.namespace(environment, app)).Patch(
		c.ctx, app, types.MergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: "kubectl-patch"})
	if err != nil {
		return fmt.Errorf("change the deployment %s by hand: %w", app, err)
	}
	return nil
}

// ready waits until as many pods of an app are ready as there should be, which the cluster takes its
// own time for.
func (c *ClusterDemo) ready(environment, app string) error {
	for end := time.Now().Add(3 * time.Minute); ; {
		live := c.deployment(environment, app)
		said := "it has no deployment"
		if live != nil {
			wanted, _, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
			there, _, _ := unstructured.NestedInt64(live.Object, "status", "availableReplicas")
			updated, _, _ := unstructured.NestedInt64(live.Object, "status", "updatedReplicas")
			seen, _, _ := unstructured.NestedInt64(live.Object, "status", "observedGeneration")
			if seen >= live.GetGeneration() && there == wanted && updated == wanted {
				return nil
			}
			said = fmt.Sprintf("%d of %d pods are ready, %d of them as they should be", there, wanted, updated)
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s in %s is not ready after three minutes: %s; look at its pods with `kubectl -n %s describe pods`", app, environment, said, c.namespace(environment, app))
		}
		select {
		case <-c.ctx.Done():
			return c.ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
