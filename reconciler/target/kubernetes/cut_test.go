package kubernetes

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

var (
	configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	accounts   = schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}
	policies   = schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies"}
)

// flagged is an object whose app has a flag.
func flagged(o target.Object) target.Object {
	var document map[string]any
	if err := json.Unmarshal(o.Document, &document); err != nil {
		panic(err) // unreachable: it came from there
	}
	document["runbook"] = map[string]any{"contact": "#ops", "flag": "board-enabled"}
	o.Document, _ = catalog.Canonical(document) // came from JSON
	return o
}

// taken lists which measures a containment has taken against an app, as the cluster shows it.
func (s *stage) taken(app, token string) (all []string) {
	s.t.Helper()
	namespace := s.namespace(production, app)
	if s.runs(production, app) == "" {
		all = append(all, settings.MeasureStop)
	}
	if allowed := s.allowed(app); allowed == "" {
		all = append(all, settings.MeasureNetwork)
	} else if allowed == "everything" {
		s.t.Errorf("nothing holds the traffic of %s", app)
	}
	if !s.known(token) {
		all = append(all, settings.MeasureTokens)
	}
	flags, err := s.client.Resource(configMaps).Namespace(namespace).Get(context.Background(), app, metav1.GetOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	if flag, _, _ := unstructured.NestedString(flags.Object, "data", "board-enabled"); flag == "false" {
		all = append(all, settings.MeasureFlag)
	}
	return all
}

// allowed is what policies together let an app's pods do: they add up, and pods that none of
// them selects may do everything. It is empty where they may do nothing.
func (s *stage) allowed(app string) string {
	s.t.Helper()
	list, err := s.client.Resource(policies).Namespace(s.namespace(production, app)).List(context.Background(), metav1.ListOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	held, rules := map[string]bool{}, []string{}
	for _, p := range list.Items {
		directions, _, _ := unstructured.NestedStringSlice(p.Object, "spec", "policyTypes")
		for _, d := range directions {
			held[d] = true
		}
		for _, way := range []string{"ingress", "egress"} {
			if some, _, _ := unstructured.NestedSlice(p.Object, "spec", way); len(some) > 0 {
				rules = append(rules, p.GetName()+" "+way)
			}
		}
	}
	if !held["Ingress"] || !held["Egress"] {
		return "everything"
	}
	return strings.Join(rules, ", ")
}

// token is one of an app's service account, as a pod would be given it.
func (s *stage) token(app string) string {
	s.t.Helper()
	request := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": map[string]any{}}}
	issued, err := s.client.Resource(accounts).Namespace(s.namespace(production, app)).Create(context.Background(), withName(request, app), metav1.CreateOptions{}, "token")
	if err != nil {
		s.t.Fatal(err)
	}
	token, _, _ := unstructured.NestedString(issued.Object, "status", "token")
	return token
}

func withName(o *unstructured.Unstructured, name string) *unstructured.Unstructured {
	o.SetName(name)
	return o
}

// known reports whether the API server takes a token for somebody's, who may do nothing.
func (s *stage) known(token string) bool {
	s.t.Helper()
	config := rest.AnonymousClientConfig(s.Config())
	config.BearerToken = token
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = client.Resource(configMaps).Namespace("default").List(context.Background(), metav1.ListOptions{})
	switch {
	case apierrors.IsForbidden(err):
		return true
	case apierrors.IsUnauthorized(err):
		return false
	}
	s.t.Fatalf("with a token of an app: %v", err)
	return false
}

// TestRecipe: a containment does what the class of the app says, no more; what somebody takes
// back is drift, and is done again; and a release undoes all of it.
func TestRecipe(t *testing.T) {
	for name, recipe := range map[string][]string{
		"everything": nil, "the flag": {"flag"}, "network and tokens": {"network", "tokens"}, "stop": {"stop"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.settings = map[string]any{"classes": []any{map[string]any{"name": "own", "containment": recipe}}}
			o := flagged(targettest.Object("board", "1.0.0", 1))
			s.mustApply(o)
			// The API server remembers for ten seconds that a token was good: the one that is
			// tried later has not been used.
			token := s.token(o.App)
			if got := s.taken(o.App, s.token(o.App)); got != nil {
				t.Fatalf("before, this is so: %v", got)
			}
			receipt, err := s.target.Quarantine(t.Context(), production, o.App, target.Mark{Reason: "leak", By: "oncall"})
			if err != nil {
				t.Fatal(err)
			}
			want := recipe
			if want == nil {
				want = settings.Measures
			}
			sorted := slices.Clone(want)
			slices.SortFunc(sorted, func(a, b string) int { return slices.Index(settings.Measures, a) - slices.Index(settings.Measures, b) })
			if got := s.taken(o.App, token); !slices.Equal(got, sorted) || len(receipt.Details) < len(want) {
				t.Errorf("taken are %v, not %v; it says %v", got, sorted, receipt.Details)
			}
			if stops := slices.Contains(want, settings.MeasureStop); stops != (len(receipt.Left) == 0) {
				t.Errorf("of what goes on it says %v", receipt.Left)
			}
			if seen := s.observe(o.App); seen.Mark == nil || seen.Drift != "" {
				t.Errorf("it is held as %+v", seen)
			}
			s.takeBack(o.App, want)
			if _, err := s.target.Quarantine(t.Context(), production, o.App, target.Mark{Reason: "leak", By: "oncall"}); err != nil {
				t.Fatal(err)
			}
			if got := s.taken(o.App, token); !slices.Equal(got, sorted) {
				t.Errorf("once somebody took it back, taken are %v, not %v", got, sorted)
			}
			if _, err := s.target.Release(t.Context(), production, o.App); err != nil {
				t.Fatal(err)
			}
			s.mustApply(o)
			if got := s.taken(o.App, s.token(o.App)); got != nil {
				t.Errorf("after the release, this is so: %v", got)
			}
			if seen := s.observe(o.App); seen.Mark != nil || seen.Drift != "" {
				t.Errorf("after the release it is held as %+v", seen)
			}
		})
	}
}

// takeBack undoes what a containment did, but for tokens, which are gone for good.
func (s *stage) takeBack(app string, measures []string) {
	s.t.Helper()
	namespace := s.namespace(production, app)
	for _, m := range measures {
		switch m {
		case settings.MeasureStop:
			s.tamper(production, app)
		case settings.MeasureNetwork:
			if err := s.client.Resource(policies).Namespace(namespace).Delete(context.Background(), app+"-levee-contained", metav1.DeleteOptions{}); err != nil {
				s.t.Fatal(err)
			}
		case settings.MeasureFlag:
			s.patch(configMaps, namespace, app, `{"data":{"board-enabled":"true"}}`)
		default:
			continue
		}
		for _, looked := range []string{s.observe(app).Drift, s.observeAll().Apps[app].Drift} {
			if !strings.Contains(looked, "though the app is contained") {
				s.t.Errorf("%s was taken back, and drift is %q", m, looked)
			}
		}
	}
}

func (s *stage) observeAll() target.Inventory {
	s.t.Helper()
	all, err := s.target.Observe(context.Background(), production)
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// TestRunsEnd: a run that was under way when its app was contained ends; one of somebody else's
// that the status names stays.
func TestRunsEnd(t *testing.T) {
	s := newStage(t)
	o := targettest.Object("board", "1.0.0", 1)
	var document map[string]any
	if err := json.Unmarshal(o.Document, &document); err != nil {
		t.Fatal(err)
	}
	document["runtime"].(map[string]any)["type"], document["runtime"].(map[string]any)["schedule"] = "scheduled", "0 6 1 1 *"
	o.Document, _ = catalog.Canonical(document) // came from JSON
	s.mustApply(o)
	namespace := s.namespace(production, o.App)
	cronJobs, jobs := schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "cronjobs"}, schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "jobs"}
	parent, err := s.client.Resource(cronJobs).Namespace(namespace).Get(t.Context(), o.App, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	spec, _, _ := unstructured.NestedMap(parent.Object, "spec", "jobTemplate", "spec")
	run := func(name string, owners ...any) map[string]any {
		job := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "batch/v1", "kind": "Job", "metadata": map[string]any{"name": name, "ownerReferences": owners}, "spec": runtime.DeepCopyJSON(spec),
		}}
		if _, err := s.client.Resource(jobs).Namespace(namespace).Create(t.Context(), job, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		return map[string]any{"apiVersion": "batch/v1", "kind": "Job", "namespace": namespace, "name": name}
	}
	own := run("board-1", map[string]any{"apiVersion": "batch/v1", "kind": "CronJob", "name": o.App, "uid": string(parent.GetUID()), "controller": true})
	status, _ := json.Marshal(map[string]any{"status": map[string]any{"active": []any{own, run("other")}}}) // plain values
	if _, err := s.client.Resource(cronJobs).Namespace(namespace).Patch(t.Context(), o.App, types.MergePatchType, status, metav1.PatchOptions{}, "status"); err != nil {
		t.Fatal(err)
	}
	receipt, err := s.target.Quarantine(t.Context(), production, o.App, target.Mark{Reason: "leak", By: "oncall"})
	if err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(receipt.Details, "; "); !strings.Contains(said, "stopped CronJob/board; ended Job/board-1") {
		t.Errorf("it says %q", said)
	}
	job, err := s.client.Resource(jobs).Namespace(namespace).Get(t.Context(), "board-1", metav1.GetOptions{})
	if err == nil && job.GetDeletionTimestamp() == nil {
		t.Error("the run goes on")
	}
	if job, err := s.client.Resource(jobs).Namespace(namespace).Get(t.Context(), "other", metav1.GetOptions{}); err != nil || job.GetDeletionTimestamp() != nil {
		t.Errorf("a job of somebody else's is gone: %v", err)
	}
	s.await(o.App, "it is cut", func(o target.Observed) bool { return o.Drift == "" && o.Ending == "" })
}
