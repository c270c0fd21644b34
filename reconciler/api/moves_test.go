package api_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/api"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestBesidePasses: while the daemon makes passes and the catalog moves, each answer is about one commit of
// it, whole.
func TestBesidePasses(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha", "beta")
	s := serve(t, w, 60_000)
	w.Once(s.process)
	var stop sync.WaitGroup
	ctx, end := context.WithCancel(t.Context())
	stop.Go(func() { _ = s.process.Run(ctx, 20*time.Millisecond, reconciler.Addresses{}) }) // the error is ctx's
	defer stop.Wait()
	defer end()
	known := map[catalog.Commit]int{} // commits, with how many apps
	var mu sync.Mutex
	known[want[api.Page](s, request("GET", "/v1/apps", "")).Commit] = 2
	var asking sync.WaitGroup
	for range 3 {
		asking.Go(func() {
			for range 8 {
				d := want[api.Decided](s, request("POST", "/v1/decide", reconcilertest.Board("new", "title: Board", "title: New board")))
				p := want[api.Page](s, request("GET", "/v1/apps", ""))
				mu.Lock()
				for commit, apps := range map[catalog.Commit]int{d.Base: d.Catalog.Apps - 1, p.Commit: len(p.Apps)} {
					if n, seen := known[commit]; seen && n != apps {
						t.Errorf("at %s there were %d apps, and now are %d", commit, n, apps)
					}
					known[commit] = apps
				}
				mu.Unlock()
			}
		})
	}
	for i := range 4 {
		w.Push(reconcilertest.BoardFile(fmt.Sprintf("more-%d", i), "title: Board", fmt.Sprintf("title: Board %d", i)))
	}
	asking.Wait()
	reconcilertest.Until(t, "all that came is listed", func() bool { return len(want[api.Page](s, request("GET", "/v1/apps", "")).Apps) == 6 })
}

// TestGone: who has gone is not judged for.
func TestGone(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	s := serve(t, w, 0)
	w.Once(s.process)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	before := s.process.Engine.Evaluated()
	recorder := httptest.NewRecorder()
	s.process.Handler().ServeHTTP(recorder, request("POST", "/v1/decide", reconcilertest.Board("alpha", reconcilertest.Medium("1.1.0")...)).WithContext(ctx))
	if n := s.process.Engine.Evaluated() - before; n != 0 || recorder.Body.Len() != 0 {
		t.Errorf("%d rules were asked, and it was answered %q", n, recorder.Body)
	}
}

// TestRulesThatTakeAll: rules in a proposal are tried in a process of their own, and what they take
// ends with it.
func TestRulesThatTakeAll(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	s := serve(t, w, 0)
	w.Once(s.process)
	rule := "# METADATA\n# title: Wide\n# custom: {id: own.wide}\npackage own.wide\n\nproblem contains {\"field\": \"spec.title\", \"message\": \"x\"} if "
	fine := want[api.Decided](s, proposal(map[string]*string{"policies/fine.rego": text(rule + "input.app.spec.title == \"Board\"\n")}))
	if r := result(t, fine, "@governance"); r.Verdict != policies.NeedsApproval {
		t.Errorf("of a rule it says %+v", r)
	}
	broken := want[api.Decided](s, proposal(map[string]*string{"policies/broken.rego": text("package own.broken\n\nproblem contains x if\n")}))
	if broken.Others[policies.Invalid] != 1 {
		t.Errorf("of a rule that does not compile it says %+v", broken)
	}
	wide := `count({x | some a in numbers.range(1, 90000); some b in numbers.range(1, 90000); x := sprintf("%d-%d-` + strings.Repeat("0123456789", 2000) + `", [a, b])}) > 0`
	taken := want[api.Decided](s, proposal(map[string]*string{
		"policies/wide.rego":      text(rule + "false\n"),
		"policies/wide_test.rego": text("package own.wide_test\n\ntest_it if " + wide + "\n"),
	}))
	if taken.Others[policies.Invalid]+taken.Others[policies.Deny] == 0 {
		t.Errorf("of rules that take all it says %+v", taken)
	}
	want[api.Page](s, request("GET", "/v1/apps", ""))
}
