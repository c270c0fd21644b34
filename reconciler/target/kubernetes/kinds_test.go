package kubernetes

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

var definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// defined is a kind of this stage's own, Servant, served in two versions. It goes with the test.
func (s *stage) defined() (group string) {
	s.t.Helper()
	group = s.prefix + "example.com"
	version := func(name string, stored bool) any {
		return map[string]any{"name": name, "served": true, "storage": stored, "schema": map[string]any{
			"openAPIV3Schema": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true},
		}}
	}
	definition := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": "servants." + group},
		"spec": map[string]any{
			"group": group, "scope": "Namespaced", "versions": []any{version("v1beta1", false), version("v1", true)},
			"names": map[string]any{"kind": "Servant", "plural": "servants", "singular": "servant", "listKind": "ServantList"},
		},
	}}
	if _, err := s.client.Resource(definitions).Create(context.Background(), definition, metav1.CreateOptions{}); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = s.client.Resource(definitions).Delete(context.Background(), definition.GetName(), metav1.DeleteOptions{})
	})
	s.eventually("the kind is served", func() bool { return s.servants(group, "v1beta1") >= 0 })
	return group
}

// servants is how many there are; -1 where the kind is not served.
func (s *stage) servants(group, version string) int {
	s.t.Helper()
	list, err := s.client.Resource(schema.GroupVersionResource{Group: group, Version: version, Resource: "servants"}).List(context.Background(), metav1.ListOptions{})
	if apierrors.IsNotFound(err) {
		return -1
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return len(list.Items)
}

func (s *stage) eventually(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%s: never", what)
		}
	}
}

// withServant is an artefact of an app that is a config map and a Servant.
func (s *stage) withServant(group, app string) target.Object {
	s.t.Helper()
	o := s.settingsOnly(app, 1)
	var document map[string]any
	if err := json.Unmarshal(o.Document, &document); err != nil {
		s.t.Fatal(err)
	}
	list, _ := document["resources"].([]any)
	document["resources"] = append(list, map[string]any{"content": map[string]any{
		"apiVersion": group + "/v1beta1", "kind": "Servant", "metadata": map[string]any{
			"name": app, "namespace": s.prefix + "levee", "labels": map[string]any{"levee.dev/app": app, "levee.dev/environment": production},
		},
	}})
	o.Document, _ = json.Marshal(document) // came from JSON
	return o
}

// TestVersionGone: what was applied in a version that the cluster serves no longer is there in
// another one, and is not forgotten by a removal.
func TestVersionGone(t *testing.T) {
	s := newStage(t)
	group := s.defined()
	o := s.withServant(group, "board")
	if _, err := s.target.Target.Apply(t.Context(), production, target.Step{Verb: target.Create, App: o.App, Object: o}); err != nil {
		t.Fatal(err)
	}
	s.patch(definitions, "", "servants."+group, `{"spec":{"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}`)
	s.eventually("the version is gone", func() bool { return s.servants(group, "v1beta1") < 0 })
	s.target.Target = s.open()
	s.eventually("it is looked at in the other version", func() bool {
		named, err := s.target.Observe(t.Context(), production, o.App)
		return err == nil && !strings.Contains(named.Apps[o.App].Drift, "is not there")
	})
	o.Document, o.Render = []byte(strings.Replace(string(o.Document), `"kind":"Servant"`, `"kind":"Servant","spec":{}`, 1)), "d1:other"
	if _, err := s.target.Target.Apply(t.Context(), production, target.Step{Verb: target.Update, App: o.App, Object: o}); err == nil || !strings.Contains(err.Error(), "serves no "+group+"/v1beta1") {
		t.Errorf("applying it in the old version says %v", err)
	}
	if _, err := s.target.Remove(t.Context(), production, o.App, targettest.Fence(2)); err != nil || s.servants(group, "v1") != 0 {
		t.Errorf("removed, %d are left: %v", s.servants(group, "v1"), err)
	}
}

// TestDefinitionGone: a kind that is taken away while the target runs is the drift of the app
// that lists one; all others are observed, and the app can be removed.
func TestDefinitionGone(t *testing.T) {
	s := newStage(t)
	group := s.defined()
	o, other := s.withServant(group, "board"), s.settingsOnly("desk", 2)
	for _, one := range []target.Object{o, other} {
		if _, err := s.target.Target.Apply(t.Context(), production, target.Step{Verb: target.Create, App: one.App, Object: one}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.client.Resource(definitions).Delete(t.Context(), "servants."+group, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	s.eventually("the kind is gone", func() bool { return s.servants(group, "v1") < 0 })
	for _, apps := range [][]string{nil, {o.App}} {
		s.eventually("it has drifted", func() bool {
			all, err := s.target.Observe(t.Context(), production, apps...)
			return err == nil && strings.Contains(all.Apps[o.App].Drift, "Servant/board is not there") && all.Apps[other.App].Drift == ""
		})
	}
	if _, err := s.target.Remove(t.Context(), production, o.App, targettest.Fence(3)); err != nil {
		t.Error(err)
	}
}
