package kubernetes

import (
	"context"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// workload is a Deployment of a chart, with what is set in its spec besides.
func withSpec(spec string) string {
	return `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
` + spec + `  selector: {matchLabels: {levee.dev/app: {{ .Values.app }}}}
  template:
    metadata: {labels: {levee.dev/app: {{ .Values.app }}}}
    spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: {{ .Values.runtime.image | quote }}, resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {cpu: 10m, memory: 16Mi}}}]}
`
}

// autoscaler scales nothing that is there: what it would do the test does, when it wants to.
const autoscaler = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: {{ .Release.Name }}}
spec:
  minReplicas: 2
  maxReplicas: 6
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ .Release.Name }}-elsewhere}
`

// chartOf is a chart with one template.
func chartOf(template string) []catalog.SubfolderFile {
	return []catalog.SubfolderFile{
		{Path: "Chart.yaml", Content: []byte("apiVersion: v2\nname: form\nversion: 1.0.0\n")}, {Path: "templates/app.yaml", Content: []byte(template)},
	}
}

var autoscalers = schema.GroupVersionResource{Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"}

// number is a field of a live resource of the app in production; -1 where there is none.
func (s *stage) number(kind schema.GroupVersionResource, app string, field ...string) int64 {
	s.t.Helper()
	live, err := s.client.Resource(kind).Namespace(s.namespace(production, app)).Get(context.Background(), app, metav1.GetOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	n, ok, _ := unstructured.NestedInt64(live.Object, field...)
	if !ok {
		return -1
	}
	return n
}

func TestThrottler(t *testing.T) {
	kubetest.Skip(t)
	targettest.TestThrottler(t, func(t *testing.T) targettest.World {
		c := newCluster(t)
		c.files = chartOf(withSpec("  replicas: 4\n"))
		s := &stage{c, rendering{c.open(), c}}
		return targettest.World{
			Target: s.target, Runs: c.runs, Tamper: c.tamper, Print: c.print,
			Full:    func(_, app string) bool { return s.number(deployments, app, "spec", "replicas") == 4 },
			Restart: func() target.Target { return rendering{c.open(), c} },
		}
	})
}

var dear = target.Mark{Reason: "it costs too much", By: "finance", At: time.Date(2026, 4, 2, 4, 0, 0, 0, time.UTC)}

func (s *stage) throttle(app string) target.Receipt {
	s.t.Helper()
	receipt, err := s.target.Throttle(context.Background(), production, app, dear)
	if err != nil {
		s.t.Fatal(err)
	}
	return receipt
}

// TestThrottleOfAutoscaled: a throttle holds what runs and what scales it, also against whoever
// takes it back, and its end gives the autoscaler back what it had.
func TestThrottleOfAutoscaled(t *testing.T) {
	kubetest.Skip(t)
	s := newStage(t)
	s.files = chartOf(withSpec("") + autoscaler)
	s.settings = map[string]any{"classes": []any{map[string]any{"name": "own", "throttle": map[string]any{"replicas": 2}}}}
	o := targettest.Object("board", "1.0.0", 1)
	s.mustApply(o)
	scale := func(n string) { // by nobody's manifest, as an autoscaler does
		s.patch(deployments, s.namespace(production, o.App), o.App, `{"spec":{"replicas":`+n+`}}`)
	}
	scale("5")
	if seen := s.observe(o.App); seen.Drift != "" {
		t.Fatalf("what an autoscaler does is drift: %s", seen.Drift)
	}
	want := func(when string, replicas, most, least int64) {
		t.Helper()
		got := []int64{s.number(deployments, o.App, "spec", "replicas"), s.number(autoscalers, o.App, "spec", "maxReplicas"), s.number(autoscalers, o.App, "spec", "minReplicas")}
		if got[0] != replicas || got[1] != most || got[2] != least {
			t.Errorf("%s replicas and bounds are %v, not %d, %d, %d", when, got, replicas, most, least)
		}
	}
	receipt := s.throttle(o.App)
	want("throttled,", 2, 2, 2)
	if said := strings.Join(receipt.Details, "; "); !strings.Contains(said, "applied HorizontalPodAutoscaler/board") || !strings.Contains(said, "scaled Deployment/board to 2") || strings.Contains(said, "NetworkPolicy") {
		t.Errorf("it says %q", said)
	}
	if seen := s.observe(o.App); seen.Throttle == nil || seen.Drift != "" {
		t.Errorf("it is held as %+v", seen)
	}
	scale("1")
	if seen := s.observe(o.App); seen.Drift != "" {
		t.Errorf("fewer than it is left are drift: %s", seen.Drift)
	}
	scale("4")
	s.patch(autoscalers, s.namespace(production, o.App), o.App, `{"spec":{"maxReplicas":9}}`)
	for _, seen := range []target.Observed{s.observe(o.App), s.observeAll().Apps[o.App]} {
		if !strings.Contains(seen.Drift, "HorizontalPodAutoscaler/board was changed by kubectl-edit") || !strings.Contains(seen.Drift, "Deployment/board runs more replicas than a throttled app is left") {
			t.Errorf("drift is %q", seen.Drift)
		}
	}
	s.mustApply(targettest.Object("board", "1.0.1", 2))
	want("with new content", 2, 2, 2)
	if _, err := s.target.Unthrottle(t.Context(), production, o.App); err != nil {
		t.Fatal(err)
	}
	if seen := s.observe(o.App); seen.Throttle != nil || seen.Drift == "" {
		t.Errorf("after its end it is held as %+v", seen)
	}
	s.mustApply(targettest.Object("board", "1.0.1", 2))
	want("after the end", 2, 6, 2) // the autoscaler takes it from there
	if seen := s.observe(o.App); seen.Drift != "" {
		t.Errorf("after the end there is drift: %s", seen.Drift)
	}
}

// TestThrottleWritesLittle: a throttle writes its mark before all else, then what becomes less, and
// nothing of what stays as it is.
func TestThrottleWritesLittle(t *testing.T) {
	kubetest.Skip(t)
	s := newStage(t)
	s.files = chartOf(withSpec("  replicas: 4\n"))
	o := targettest.Object("board", "1.0.0", 1)
	s.mustApply(o)
	mark := s.Audit().Mark()
	s.throttle(o.App)
	list := s.writes(mark)
	if len(list) != 4 || !strings.Contains(list[0], "production.board") || !strings.Contains(list[2], "deployments") {
		t.Errorf("it wrote %q, not the mark, what is coming, the Deployment, and that it is there", list)
	}
	mark = s.Audit().Mark()
	s.throttle(o.App)
	s.mustApply(o)
	if list := s.writes(mark); len(list) > 0 {
		t.Errorf("once more it wrote %q", list)
	}
	preview, err := s.target.Preview(t.Context(), production, targettest.Object("board", "1.1.0", 2))
	if err != nil || len(preview.Items) == 0 || !strings.Contains(preview.Items[0].Words, "throttled (it costs too much), so it runs with less") {
		t.Errorf("of new content it is said %+v, %v", preview, err)
	}
}
