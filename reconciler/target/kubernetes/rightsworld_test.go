package kubernetes

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/rbac"
)

// everyKind is a chart with each kind that charts may have, and one that kubernetes.kinds allows.
// A Job cannot be changed, so that each version has one of its own.
const everyKind = `{{- $labels := dict "levee.dev/app" .Release.Name }}
{{- define "pod" }}containers: [{name: app, image: "{{ .Values.runtime.image }}"}]{{ end }}
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: { {{- include "pod" . -}} }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: {{ .Release.Name }}}
spec:
  serviceName: {{ .Release.Name }}
  selector: {matchLabels: {app: {{ .Release.Name }}-set}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}-set}}
    spec: { {{- include "pod" . -}} }
---
apiVersion: batch/v1
kind: Job
metadata: {name: {{ .Release.Name }}-{{ .Values.version | replace "." "-" }}}
spec:
  template:
    spec: {restartPolicy: Never, {{ include "pod" . }} }
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: {{ .Release.Name }}}
spec:
  schedule: "0 6 * * *"
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, {{ include "pod" . }} }
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: {{ .Release.Name }}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: {{ .Release.Name }}}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: {{ .Release.Name }}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: {{ .Release.Name }}}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: {{ .Release.Name }}}, maxReplicas: 2}
---
apiVersion: example.com/v1
kind: Gateway
metadata: {name: {{ .Release.Name }}}
`

// gateways are a kind that Kubernetes does not have itself.
const gateways = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gateways.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: gateways, singular: gateway, kind: Gateway, listKind: GatewayList}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`

// rightful is a stage on which the daemon has the rights that were printed for it, and no others.
type rightful struct {
	*stage
	daemon string
	rights []*unstructured.Unstructured
	mark   kubetest.Mark
}

// newRightful grants rights as they are printed. Of them, without takes some away beforehand.
// impersonate is as whom apps are applied; empty for the daemon itself.
func newRightful(t *testing.T, impersonate string, without func([]*unstructured.Unstructured)) *rightful {
	t.Helper()
	c := newCluster(t)
	c.serveGateways()
	home := c.prefix + "levee"
	r := &rightful{daemon: "system:serviceaccount:" + home + ":levee"}
	wanted := rbac.Rights{Inventory: home, Daemon: r.daemon, Kinds: []string{"Gateway.example.com"}}
	options := Options{Config: c.ConfigFor(t, r.daemon), Namespace: home, QPS: 1000}
	if impersonate != "" {
		user := strings.ReplaceAll(impersonate, "NAMESPACE", home)
		wanted.Users, options.Impersonate = []string{user}, map[string]string{production: user}
	}
	text, err := wanted.YAML()
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range bytes.Split(text, []byte("\n---\n"))[1:] {
		r.rights = append(r.rights, read(t, document))
	}
	if without != nil {
		without(r.rights)
	}
	levee, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	c.settings = map[string]any{"kinds": []any{"Gateway.example.com"}, "ingress": map[string]any{"host": "{app}.example.com"}}
	c.files = []catalog.SubfolderFile{
		{Path: "Chart.yaml", Content: []byte("apiVersion: v2\nname: form\nversion: 1.0.0\n")}, {Path: "templates/app.yaml", Content: []byte(everyKind)},
	}
	r.stage = &stage{c, rendering{levee, c}}
	r.grant()
	r.mark = r.Audit().Mark()
	return r
}

func read(t testing.TB, text []byte) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal(text, &object.Object); err != nil {
		t.Fatal(err)
	}
	return object
}

// serveGateways has the cluster serve the kind of the chart that is not its own.
func (c *cluster) serveGateways() {
	c.t.Helper()
	c.serve(gateways, schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "gateways"})
}

// serve has the cluster serve what a definition defines.
func (c *cluster) serve(definition string, served schema.GroupVersionResource) {
	c.t.Helper()
	_, _ = c.client.Resource(definitions).Create(context.Background(), read(c.t, []byte(definition)), metav1.CreateOptions{}) // another test may have
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		_, err := c.client.Resource(served).List(context.Background(), metav1.ListOptions{})
		if err == nil {
			return
		}
		if time.Now().After(end) {
			c.t.Fatalf("%s are not served: %v", served.Resource, err)
		}
	}
}

// atom is one verb that somebody has on a resource.
type atom struct{ verb, group, resource, namespace, name string }

// atoms are what a role gives.
func atoms(role *unstructured.Unstructured) (all []atom) {
	rules, _, _ := unstructured.NestedSlice(role.Object, "rules")
	for _, one := range rules {
		rule := one.(map[string]any)
		names, _ := rule["resourceNames"].([]any)
		if names == nil {
			names = []any{""}
		}
		for _, verb := range rule["verbs"].([]any) {
			for _, name := range names {
				all = append(all, atom{verb.(string), rule["apiGroups"].([]any)[0].(string), rule["resources"].([]any)[0].(string), role.GetNamespace(), name.(string)})
			}
		}
	}
	return all
}

// grant makes roles and bindings, and waits until the API server goes by them.
func (r *rightful) grant() {
	r.t.Helper()
	for _, object := range r.rights {
		kind := schema.GroupVersionResource{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: strings.ToLower(object.GetKind()) + "s"}
		client := r.client.Resource(kind).Namespace(object.GetNamespace())
		if _, err := client.Create(context.Background(), object, metav1.CreateOptions{}); err != nil {
			r.t.Fatalf("grant the rights: %v", err)
		}
		r.t.Cleanup(func() { _ = client.Delete(context.Background(), object.GetName(), metav1.DeleteOptions{}) })
	}
	for i, role := range r.rights {
		if i%2 != 0 {
			continue // a binding follows its role
		}
		subjects, _, _ := unstructured.NestedSlice(r.rights[i+1].Object, "subjects")
		for _, subject := range subjects {
			for _, a := range atoms(role) {
				r.awaitAccess(userOf(subject.(map[string]any)), a)
			}
		}
	}
}

func userOf(subject map[string]any) string {
	if subject["kind"] == "ServiceAccount" {
		return fmt.Sprintf("system:serviceaccount:%s:%s", subject["namespace"], subject["name"])
	}
	return subject["name"].(string)
}

func (r *rightful) awaitAccess(user string, a atom) {
	r.t.Helper()
	reviews := schema.GroupVersionResource{Group: "authorization.k8s.io", Version: "v1", Resource: "subjectaccessreviews"}
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		review := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": map[string]any{
			"user": user, "resourceAttributes": map[string]any{"verb": a.verb, "group": a.group, "resource": a.resource, "namespace": a.namespace, "name": a.name},
		}}}
		answer, err := r.client.Resource(reviews).Create(context.Background(), review, metav1.CreateOptions{})
		if err != nil {
			r.t.Fatal(err)
		}
		if allowed, _, _ := unstructured.NestedBool(answer.Object, "status", "allowed"); allowed {
			return
		}
		if time.Now().After(end) {
			r.t.Fatalf("%s may not %+v, though it was granted", user, a)
		}
	}
}

// asked are the requests of the daemon, and of those as whom it acts, since it was granted rights.
func (r *rightful) asked() kubetest.Events {
	return r.Audit().Since(r.mark).Where(func(e kubetest.Event) bool { return e.User == r.daemon })
}

// refused lists the requests that were forbidden.
func (r *rightful) refused() (all []string) {
	for _, e := range r.asked() {
		if e.Code == 403 {
			all = append(all, e.String())
		}
	}
	return slices.Compact(all)
}

// used reports whether somebody used a right. What server-side apply creates it asks for by a
// patch, and is answered that it was created.
func (r *rightful) used(users []string, a atom) bool {
	return r.asked().Count(func(e kubetest.Event) bool {
		actor := e.User
		if e.ImpersonatedUser != "" {
			if a.verb == "impersonate" && strings.HasSuffix(e.ImpersonatedUser, a.name) {
				return slices.Contains(users, e.User)
			}
			actor = e.ImpersonatedUser
		}
		verb := e.Verb == a.verb || a.verb == "create" && e.Verb == "patch" && e.Code == 201
		place := a.namespace == "" || a.namespace == e.Namespace
		return verb && place && slices.Contains(users, actor) && e.Code < 300 && e.APIGroup == a.group && e.Resource == a.resource && e.Subresource == ""
	}) > 0
}
