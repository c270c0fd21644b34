package kubernetes

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// withoutGroup has the cluster not tell what is in the group apps, each in another way. What it
// serves is asked for group by group then, as of clusters that do not tell all at once.
func withoutGroup(code int, listed bool) kubetest.Fault {
	return kubetest.Fault{
		Only: func(r *http.Request) bool {
			return r.URL.Path == "/api" || r.URL.Path == "/apis" || strings.HasPrefix(r.URL.Path, "/apis/apps")
		},
		Answer: func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
			if strings.HasPrefix(r.URL.Path, "/apis/apps") {
				http.Error(w, http.StatusText(code), code)
				return
			}
			r.Header.Set("Accept", "application/json")
			r.Header.Del("Accept-Encoding")
			said := httptest.NewRecorder()
			pass.ServeHTTP(said, r)
			w.Header().Set("Content-Type", "application/json")
			var list metav1.APIGroupList
			if listed || r.URL.Path == "/api" || json.Unmarshal(said.Body.Bytes(), &list) != nil {
				_, _ = w.Write(said.Body.Bytes())
				return
			}
			for i, group := range list.Groups {
				if group.Name == "apps" {
					list.Groups = append(list.Groups[:i], list.Groups[i+1:]...)
					break
				}
			}
			_ = json.NewEncoder(w).Encode(list)
		},
	}
}

// TestGroupUntold: while the cluster cannot tell what is in a group, an app with resources of
// it has not drifted, is not contained and not removed: all of that fails, and says of what
// nothing could be told. Apps without any go on, and nothing is lost.
func TestGroupUntold(t *testing.T) {
	kubetest.Skip(t)
	for name, fault := range map[string]kubetest.Fault{
		"unavailable":          withoutGroup(http.StatusServiceUnavailable, true),
		"not found":            withoutGroup(http.StatusNotFound, true),
		"refused":              withoutGroup(http.StatusForbidden, true),
		"left out of the list": withoutGroup(http.StatusServiceUnavailable, false),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFaulty(t)
			board, plain := targettest.Object("board", "1.0.0", 1), f.settingsOnly("plain", 2)
			f.mustApply(board)
			f.proxy.Begin(fault)
			f.target = rendering{f.through(), f.cluster}
			began := len(f.proxy.Requests())
			for _, d := range []deed{
				{name: "apply board to production", do: func() error { _, err := f.apply(targettest.Object("board", "1.1.0", 3)); return err }},
				{name: "observe production", do: func() error { _, err := f.target.Observe(t.Context(), production, "board"); return err }},
				{name: "observe production", do: func() error { _, err := f.target.Observe(t.Context(), production); return err }},
				{name: "quarantine board in production", do: func() error {
					_, err := f.target.Quarantine(t.Context(), production, "board", target.Mark{Reason: "leak"})
					return err
				}},
				{name: "remove board from production", do: func() error {
					_, err := f.target.Remove(t.Context(), production, "board", targettest.Fence(4))
					return err
				}},
			} {
				err := d.do()
				if err == nil {
					t.Errorf("%s does not fail", d.name)
					continue
				}
				f.honest(d, err)
				if !strings.Contains(err.Error(), "apps/v1") {
					t.Errorf("%s does not say of what nothing can be told: %v", d.name, err)
				}
			}
			if _, err := f.target.Target.Apply(t.Context(), production, target.Step{Verb: target.Create, App: plain.App, Object: plain}); err != nil {
				t.Errorf("an app without any fails as well: %v", err)
			}
			if all, err := f.target.Observe(t.Context(), production, plain.App); err != nil || all.Apps[plain.App].Drift != "" {
				t.Errorf("it is observed as %+v, %v", all, err)
			}
			if n := len(f.proxy.Requests()) - began; n > mostRequests {
				t.Errorf("there were %d requests", n)
			}
			if f.runs(production, "board") != board.Render {
				t.Error("what ran runs no longer")
			}
			f.proxy.Begin(kubetest.Fault{})
			time.Sleep(time.Second) // what could not be told is asked again
			if seen := f.observe("board"); seen.Mark == nil {
				t.Errorf("afterwards it is %+v, without its mark", seen)
			}
			if _, err := f.target.Quarantine(t.Context(), production, "board", target.Mark{Reason: "leak"}); err != nil || f.runs(production, "board") != "" {
				t.Errorf("afterwards it is not contained: %v", err)
			}
			if _, err := f.target.Remove(t.Context(), production, "board", targettest.Fence(4)); err != nil {
				t.Error(err)
			}
			if list, err := f.client.Resource(deployments).Namespace(f.namespace(production, "board")).List(context.Background(), metav1.ListOptions{}); err != nil || len(list.Items) > 0 {
				t.Errorf("removed, there is left of it: %+v, %v", list, err)
			}
		})
	}
}

// settingsOnly is an artefact of an app that is nothing but a config map.
func (c *cluster) settingsOnly(app string, admission int64) target.Object {
	o := targettest.Object(app, "1.0.0", admission)
	document := map[string]any{"app": app, "environment": production, "resources": []any{map[string]any{"content": map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{"a": "b"}, "metadata": map[string]any{
			"name": app, "namespace": c.prefix + "levee", "labels": map[string]any{"levee.dev/app": app, "levee.dev/environment": production},
		},
	}}}}
	o.Document, _ = json.Marshal(document) // plain values
	return o
}
