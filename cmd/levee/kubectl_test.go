package main

import (
	"context"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"sigs.k8s.io/yaml"
)

// kubectl does what operators do with what commands print.
type kubectl struct {
	t      *testing.T
	client dynamic.Interface
	mapper meta.RESTMapper
}

func newKubectl(t *testing.T, config *rest.Config) *kubectl {
	t.Helper()
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	discover, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return &kubectl{t, client, restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discover))}
}

// read takes a text of several documents apart.
func (k *kubectl) read(text string) (all []*unstructured.Unstructured) {
	k.t.Helper()
	for _, document := range strings.Split(text, "\n---\n") {
		object := &unstructured.Unstructured{}
		if err := yaml.UnmarshalStrict([]byte(document), &object.Object); err != nil {
			k.t.Fatal(err)
		}
		if len(object.Object) > 0 { // else comments
			all = append(all, object)
		}
	}
	return all
}

func (k *kubectl) apply(object *unstructured.Unstructured, dryRun ...string) error {
	mapping, err := k.mapper.RESTMapping(object.GroupVersionKind().GroupKind(), object.GroupVersionKind().Version)
	if err != nil {
		return err
	}
	to := dynamic.ResourceInterface(k.client.Resource(mapping.Resource))
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		to = k.client.Resource(mapping.Resource).Namespace(object.GetNamespace())
	}
	_, err = to.Apply(context.Background(), object.GetName(), object, metav1.ApplyOptions{FieldManager: "kubectl", DryRun: dryRun})
	return err
}

// mustApply applies all that is in a text, as `kubectl apply -f -` does.
func (k *kubectl) mustApply(text string) {
	k.t.Helper()
	for _, object := range k.read(text) {
		if err := k.apply(object); err != nil {
			k.t.Fatalf("apply %s/%s: %v", object.GetKind(), object.GetName(), err)
		}
	}
}

// namespaceResource is how a cluster is asked for its namespaces.
var namespaceResource = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
