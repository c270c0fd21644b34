package kubetest_test

import (
	"context"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

var (
	configMaps  = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	pods        = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	namespaces  = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	jobs        = schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "jobs"}
)

func client(t *testing.T, config *rest.Config) dynamic.Interface {
	t.Helper()
	c, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	o := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		t.Fatal(err)
	}
	return o
}

// namespace makes a namespace of the test's own.
func namespace(t *testing.T, cluster *kubetest.Cluster, name string) string {
	t.Helper()
	name = cluster.Prefix(t) + name
	create(t, client(t, cluster.Config()).Resource(namespaces), "{apiVersion: v1, kind: Namespace, metadata: {name: "+name+"}}")
	return name
}

func create(t *testing.T, where dynamic.ResourceInterface, text string) {
	t.Helper()
	if _, err := where.Create(t.Context(), object(t, text), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func deployment(image string) string {
	return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  replicas: 2
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      initContainers: [{name: first, image: registry.example.com/first:1}]
      containers: [{name: app, image: ` + image + `, resources: {requests: {cpu: 100m, memory: 64Mi}}}]`
}

func job(name, image string) string {
	return `
apiVersion: batch/v1
kind: Job
metadata: {name: ` + name + `}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: app, image: ` + image + `}]`
}

// until waits until something is true of an object.
func until(t *testing.T, where dynamic.ResourceInterface, name, what string, is func(*unstructured.Unstructured) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		o, err := where.Get(ctx, name, metav1.GetOptions{})
		if err == nil && is(o) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s is not %s after a minute: %v, %v", name, what, o, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// has says whether a condition of an object has a status.
func has(kind, status string) func(*unstructured.Unstructured) bool {
	return func(o *unstructured.Unstructured) bool {
		all, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
		for _, one := range all {
			if c, ok := one.(map[string]any); ok && c["type"] == kind && c["status"] == status {
				return true
			}
		}
		return false
	}
}

// waiting returns why the first container of each pod of a namespace waits.
func waiting(t *testing.T, c dynamic.Interface, namespace string) []string {
	t.Helper()
	list, err := c.Resource(pods).Namespace(namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, pod := range list.Items {
		statuses, _, _ := unstructured.NestedSlice(pod.Object, "status", "containerStatuses")
		if len(statuses) > 0 {
			reason, _, _ := unstructured.NestedString(statuses[0].(map[string]any), "state", "waiting", "reason")
			reasons = append(reasons, reason)
		}
	}
	return reasons
}
