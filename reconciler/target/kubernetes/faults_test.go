package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// faulty is a stage whose target reaches the API server through a proxy.
type faulty struct {
	*stage
	proxy  *kubetest.Proxy
	direct rendering // the same target without the proxy, which remembers nothing of the other
}

// patience is how long a call may take of a target that meets faults.
const patience = 2 * time.Second

func newFaulty(t *testing.T) *faulty {
	t.Helper()
	s := newStage(t)
	f := &faulty{stage: s, proxy: s.Proxy(t), direct: s.target}
	s.target = rendering{f.through(), s.cluster}
	return f
}

// through is a target that remembers nothing, behind the proxy.
func (f *faulty) through() *Target {
	f.t.Helper()
	config := f.proxy.Config()
	config.Timeout = patience
	reached, err := New(Options{Config: config, Namespace: f.prefix + "levee", QPS: 1000})
	if err != nil {
		f.t.Fatal(err)
	}
	return reached
}

// A deed is one thing that is done to an app, and what is so once it is done.
type deed struct {
	name string
	do   func() error
	is   func() string // what is not as the deed left it; empty where nothing is
}

// deeds are what happens to two apps in their life. Those of a later round are newer.
func (f *faulty) deeds(ctx context.Context, round int64) []deed {
	board, desk := targettest.Object("board", "1.0.0", 10*round), targettest.Object("desk", "1.0.0", 10*round+1)
	changed := targettest.Object("board", "1.1.0", 10*round+2)
	apply := func(o target.Object) deed {
		return deed{"apply " + o.App + " to production", func() error {
			receipt, err := f.target.Apply(ctx, production, target.Step{Verb: target.Correct, App: o.App, Object: o})
			if err == nil && receipt.Outcome == target.Contained {
				return errors.New("apply " + o.App + " to production: it is contained")
			}
			return err
		}, func() string { return f.differs(o) }}
	}
	return []deed{
		apply(board), apply(desk), apply(changed),
		{"observe production", func() error {
			all, err := f.target.Observe(ctx, production)
			if err != nil {
				return err
			}
			truth, err := f.direct.Observe(context.Background(), production)
			if err != nil {
				f.t.Fatal(err)
			}
			if len(all.Apps) != len(truth.Apps) {
				f.t.Errorf("observed are %+v, and there are %+v", all.Apps, truth.Apps)
			}
			for app, is := range truth.Apps {
				if got := all.Apps[app]; got.Drift != is.Drift || got.Render != is.Render || (got.Mark == nil) != (is.Mark == nil) {
					f.t.Errorf("%s is observed as %+v, and is %+v", app, got, is)
				}
			}
			return nil
		}, func() string { return "" }},
		{"throttle board in production", func() error {
			_, err := f.target.Throttle(ctx, production, "board", target.Mark{Reason: "dear", By: "finance"})
			return err
		}, func() string {
			if got := f.truly("board"); got.Throttle == nil || got.Drift != "" {
				return fmt.Sprintf("it is %+v", got)
			}
			return ""
		}},
		{"end the throttle of board in production", func() error {
			_, err := f.target.Unthrottle(ctx, production, "board")
			return err
		}, func() string {
			if f.truly("board").Throttle != nil {
				return "it has its mark"
			}
			return ""
		}},
		{"quarantine board in production", func() error {
			_, err := f.target.Quarantine(ctx, production, "board", target.Mark{Reason: "leak", By: "oncall"})
			return err
		}, func() string {
			if got := f.runs(production, "board"); got != "" {
				return string(got) + " runs"
			}
			return ""
		}},
		{"release board in production", func() error {
			_, err := f.target.Release(ctx, production, "board")
			return err
		}, func() string {
			if f.truly("board").Mark != nil {
				return "it has its mark"
			}
			return ""
		}},
		{"remove desk from production", func() error {
			_, err := f.target.Remove(ctx, production, "desk", targettest.Fence(10*round+3))
			return err
		}, func() string {
			_, err := f.client.Resource(namespaces).Get(context.Background(), f.namespace(production, "desk"), metav1.GetOptions{})
			if !apierrors.IsNotFound(err) || f.truly("desk").App != "" {
				return "something of it is there"
			}
			return ""
		}},
	}
}

// truly is what is observed of an app without the proxy.
func (f *faulty) truly(app string) target.Observed {
	f.t.Helper()
	all, err := f.direct.Observe(context.Background(), production, app)
	if err != nil {
		f.t.Fatal(err)
	}
	return all.Apps[app]
}

// differs is what is not as an object says; empty where nothing is.
func (f *faulty) differs(o target.Object) string {
	f.t.Helper()
	is := f.truly(o.App)
	switch {
	case is.Render != o.Render:
		return "held is " + string(is.Render)
	case is.Drift != "":
		return is.Drift
	case f.runs(production, o.App) != o.Render:
		return "something else runs"
	}
	return ""
}

// others puts config maps of other people beside the app and elsewhere, and reports whether
// they are as they were.
func (f *faulty) others() (untouched func() bool) {
	f.t.Helper()
	f.makeNamespace(f.prefix + "elsewhere")
	f.makeNamespace(f.prefix + "production-other")
	versions := map[string]string{}
	for _, namespace := range []string{f.namespace(production, "board"), f.prefix + "elsewhere", f.prefix + "production-other"} {
		object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "theirs", "namespace": namespace}}}
		made, err := f.client.Resource(configMaps).Namespace(namespace).Create(context.Background(), object, metav1.CreateOptions{FieldManager: "them"})
		if err != nil {
			f.t.Fatal(err)
		}
		versions[namespace] = made.GetResourceVersion()
	}
	return func() bool {
		for namespace, version := range versions {
			is, err := f.client.Resource(configMaps).Namespace(namespace).Get(context.Background(), "theirs", metav1.GetOptions{})
			if err != nil || is.GetResourceVersion() != version || is.GetDeletionTimestamp() != nil {
				return false
			}
		}
		return true
	}
}

// honest wants an error to say what was attempted, and nothing that another try would not mend.
func (f *faulty) honest(d deed, err error) {
	f.t.Helper()
	for _, never := range []error{target.ErrPermanent, target.ErrForeign, target.ErrFenced} {
		if errors.Is(err, never) {
			f.t.Errorf("%s fails with %v, which is not so: %v", d.name, never, err)
		}
	}
	if !strings.HasPrefix(err.Error(), d.name+": ") || strings.Contains(err.Error(), "serves no") {
		f.t.Errorf("%s fails with: %v", d.name, err)
	}
}

// tries is how often a deed is tried while a fault lasts.
const tries = 3

// mostRequests is how many requests a round may have. Without any fault it has 130.
const mostRequests = 400

// TestFaults: whatever is between the target and the API server, a deed that fails says so, one
// that does not is done, and once the fault is over the same deeds lead to the same end.
func TestFaults(t *testing.T) {
	kubetest.Skip(t)
	for name, fault := range map[string]kubetest.Fault{
		"no fault":                     {},
		"every answer is late":         {Answer: kubetest.Late(300 * time.Millisecond)},
		"resets before the work":       {Every: 29, Answer: kubetest.Reset},
		"resets after the work":        {Every: 29, Answer: kubetest.Lose},
		"every write loses its answer": {Only: writing, Answer: kubetest.Lose},
		"too many requests":            {Every: 29, Answer: kubetest.Refuse(http.StatusTooManyRequests, time.Second)},
		"internal errors":              {Every: 29, Answer: kubetest.Refuse(http.StatusInternalServerError, 0)},
		"unavailable":                  {Every: 29, Answer: kubetest.Refuse(http.StatusServiceUnavailable, 0)},
		"not found by a proxy":         {Every: 29, Answer: kubetest.Refuse(http.StatusNotFound, 0)},
		"bad request by a proxy":       {Every: 29, Answer: kubetest.Refuse(http.StatusBadRequest, 0)},
		"requests without an answer":   {Every: 29, Answer: kubetest.Hang},
		"deaf connections":             {Every: 29, Deaf: true},
		"somebody else's certificate":  {Every: 29, Impostor: true},
		"an expired token":             {Every: 2, Answer: kubetest.Refuse(http.StatusUnauthorized, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFaulty(t)
			f.mustApply(targettest.Object("board", "0.9.0", 1))
			untouched := f.others()
			f.target = rendering{f.through(), f.cluster} // which has to ask for everything again
			before, failed := len(f.proxy.Requests()), 0
			f.proxy.Begin(fault)
			for _, d := range f.deeds(t.Context(), 1) {
				for range tries {
					err := d.do()
					if err == nil {
						if not := d.is(); not != "" {
							t.Errorf("%s is said to be done, and %s", d.name, not)
						}
						break
					}
					failed++
					f.honest(d, err)
				}
			}
			f.proxy.Begin(kubetest.Fault{})
			under := len(f.proxy.Requests()) - before
			deeds := f.deeds(t.Context(), 2)
			f.insist(deeds[slices.IndexFunc(deeds, func(d deed) bool { return strings.HasPrefix(d.name, "release") })])
			for _, d := range deeds {
				f.insist(d)
			}
			after := len(f.proxy.Requests()) - before - under
			if under > mostRequests || after > mostRequests {
				t.Errorf("there were %d requests while the fault lasted and %d after it", under, after)
			}
			if !untouched() {
				t.Error("what others put there was touched")
			}
			t.Logf("%d failed; %d requests, and %d after it", failed, under, after)
		})
	}
}

// insist does a deed again until it is done: what a fault left, such as a namespace that is
// being deleted, may take a while to be gone.
func (f *faulty) insist(d deed) {
	f.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Second) {
		err := d.do()
		if err == nil {
			if not := d.is(); not != "" {
				f.t.Errorf("after the fault %s is done, and %s", d.name, not)
			}
			return
		}
		if time.Now().After(end) {
			f.t.Fatalf("after the fault: %v", err)
		}
	}
}

func writing(r *http.Request) bool { return r.Method != http.MethodGet }
