package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/api"
	"github.com/levee-gitops/levee/reconciler/check"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// proposal is a request to decide files.
func proposal(files map[string]*string) *http.Request {
	raw, err := json.Marshal(api.Proposal{Files: files})
	if err != nil {
		panic(err) // unreachable
	}
	return request("POST", "/v1/decide", string(raw))
}

func text(s string) *string { return &s }

// result is what is said of one subject.
func result(t *testing.T, d api.Decided, name string) check.Result {
	t.Helper()
	for _, r := range d.Results {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("nothing is said of %s: %+v", name, d.Results)
	return check.Result{}
}

// TestDecide: a proposal is judged as a change of what stands on the branch would be, and leaves no trace.
func TestDecide(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha", "beta")
	s := serve(t, w, 0)
	w.Once(s.process)
	refs := w.Remote.Git("for-each-ref")
	same := want[api.Decided](s, request("POST", "/v1/decide", reconcilertest.Board("alpha")))
	if len(same.Results) != 0 || same.Base == "" || same.Catalog.Apps != 2 {
		t.Errorf("of what stands already it says %+v", same)
	}
	medium := result(t, want[api.Decided](s, request("POST", "/v1/decide", reconcilertest.Board("alpha", reconcilertest.Medium("1.1.0")...))), "alpha")
	if medium.Verdict != policies.NeedsApproval || medium.Risk.Level != policies.Medium || len(medium.Approvals.Missing) != 1 {
		t.Errorf("of an edit at medium risk it says %+v", medium)
	}
	broken := want[api.Decided](s, request("POST", "/v1/decide", reconcilertest.Board("alpha", "classification: internal", "class: internal")))
	if r := result(t, broken, "alpha"); r.Verdict != policies.Invalid || r.Problems[0].Line == 0 || r.Path != reconcilertest.BoardPath("alpha") || broken.Summary[policies.Invalid] != 1 {
		t.Errorf("of a broken manifest it says %+v", r)
	}
	fresh := result(t, want[api.Decided](s, request("POST", "/v1/decide", reconcilertest.Board("delta", "title: Board", "title: Delta"))), "delta")
	if fresh.Path != "apps/ops/delta/app.yaml" || fresh.Verdict != policies.Allow {
		t.Errorf("of a new app it says %+v", fresh)
	}
	at := result(t, want[api.Decided](s, request("POST", "/v1/decide?path=apps/x/delta/app.yaml", "hello\n")), "delta")
	if at.Path != "apps/x/delta/app.yaml" || at.Verdict != policies.Invalid {
		t.Errorf("of a manifest whose place is said it says %+v", at)
	}
	several := want[api.Decided](s, proposal(map[string]*string{
		reconcilertest.BoardPath("beta"):  nil,
		reconcilertest.BoardPath("alpha"): text(reconcilertest.Board("alpha", "access: {groups: [everyone]}", "access: {groups: [everyone]}\n  dependsOn: [beta]")),
	}))
	if r := result(t, several, "alpha"); r.Verdict != policies.Deny || !slices.ContainsFunc(r.Problems, func(p catalog.Problem) bool { return p.Rule == "dependencies.known" }) || several.Catalog.Apps != 1 {
		t.Errorf("of an app that needs one that goes it says %+v", r)
	}
	governed := want[api.Decided](s, proposal(map[string]*string{"vendors/maps.yaml": text("apiVersion: levee.dev/v1\nkind: Vendor\nmetadata: {name: maps}\nspec: {title: Maps, domains: [maps.example.org], purpose: maps, approver: chris}\n")}))
	if r := result(t, governed, "@governance"); r.Verdict != policies.NeedsApproval || len(r.Files) != 1 {
		t.Errorf("of a vendor it says %+v", r)
	}
	if now := w.Remote.Git("for-each-ref"); now != refs {
		t.Errorf("deciding left a trace in the repository:\n%s\nbefore\n%s", now, refs)
	}
}

// TestDecideAgainstWhatIsAdmitted: an edit is measured from what is admitted, and judged by what governs,
// whatever else landed.
func TestDecideAgainstWhatIsAdmitted(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	s := serve(t, w, 0)
	w.Once(s.process)
	w.Push(reconcilertest.BoardFile("alpha", "version: 1.0.0", "version: 3.0.0", "  budget:", "  egress: [maps.example.org]\n  budget:"))
	w.Push(reconcilertest.Files{"catalog.yaml": strings.Replace(reconcilertest.Settings, "  timeZone: UTC\n", "  timeZone: UTC\n  gates: {low: {approvals: [security], publish: staged}}\n", 1)})
	w.Once(s.process)
	w.WantHeld("alpha", "deny")
	d := want[api.Decided](s, request("POST", "/v1/decide", reconcilertest.Board("alpha", "version: 1.0.0", "version: 1.1.0", "classification: internal", "classification: public")))
	if r := result(t, d, "alpha"); r.Verdict == policies.Deny || len(d.Results) != 1 || strings.Contains(fmt.Sprint(r.Approvals), "the risk is low") {
		t.Errorf("of an edit of what is admitted it says %+v", d.Results)
	}
}

// TestDecideTellsNoSecret: what looks like a secret in a proposal is in no answer, and what a pass found
// is in none either.
func TestDecideTellsNoSecret(t *testing.T) {
	t.Parallel()
	const planted = "AKIAQWERTYUIOPASDFGH"
	w := reconcilertest.New(t, "alpha")
	s := serve(t, w, 0)
	w.Once(s.process)
	for _, r := range []*http.Request{
		request("POST", "/v1/decide", reconcilertest.Board("alpha", "classification: internal", "classification: "+planted)),
		request("POST", "/v1/decide", reconcilertest.Board("alpha", "cost"+"Center: ops-1", "costCenter: "+planted)),
		proposal(map[string]*string{"apps/ops/alpha/notes.txt": text("key = " + planted), "vendors/" + strings.ToLower(planted) + ".yaml": text("kind: " + planted)}),
	} {
		got := s.ask(r)
		if got.code != http.StatusOK || strings.Contains(got.body, planted) || !strings.Contains(got.body, "secrets.in-repository") {
			t.Errorf("%d\n%s", got.code, got.body)
		}
	}
	if strings.Contains(s.process.Log.String(), planted) {
		t.Errorf("the log says the secret:\n%s", s.process.Log)
	}
	w.Push(reconcilertest.BoardFile("alpha", "title: Board", "title: "+planted, "version: 1.0.0", "version: 1.1.0"))
	w.Once(s.process)
	if body := s.ask(request("GET", "/v1/apps", "")).body; strings.Contains(body, planted) || !strings.Contains(body, `"title": "[`) {
		t.Errorf("a title with a secret is listed:\n%s", body)
	}
}

// TestHostileText: whatever a manifest says stays text in an answer that no browser takes for a page.
func TestHostileText(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	s := serve(t, w, 0)
	w.Once(s.process)
	for _, hostile := range []string{
		`"</script><img src=x onerror=alert(1)>"`, `"\u202e\u0000\u001b[31m"`, `"` + strings.Repeat("`", 300) + `"`,
		"&a [*a, *a]", "!!binary aGVsbG8=", strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "\"\xff\xfe\"",
	} {
		r := request("POST", "/v1/decide?path="+reconcilertest.BoardPath("alpha"), reconcilertest.Board("alpha", "classification: internal", "classification: "+hostile))
		got := s.ask(r)
		if got.code != http.StatusOK || strings.ContainsAny(got.body, "<>\x00\x1b") || got.header.Get("X-Content-Type-Options") != "nosniff" || got.header.Get("Content-Type") != "application/json" {
			t.Errorf("%.60q: %d\n%s", hostile, got.code, got.body)
		}
	}
}

// TestTooWide: a proposal that bears on very many apps is not judged here, and it is said what is.
func TestTooWide(t *testing.T) {
	t.Parallel()
	w := reconcilertest.Empty(t)
	files := reconcilertest.Files{}
	for i := range 1001 {
		name := fmt.Sprintf("app-%d", i)
		files[reconcilertest.BoardPath(name)] = "kind: App\n"
	}
	w.FoundWith(files)
	s := serve(t, w, 0)
	w.Once(s.process)
	settings := strings.Replace(reconcilertest.Settings, "readonly-database", "read-database", 1)
	if detail, _ := s.refused(proposal(map[string]*string{"catalog.yaml": &settings}), http.StatusUnprocessableEntity); !strings.Contains(detail, "1001 apps") || !strings.Contains(detail, "levee impact") {
		t.Errorf("it says %q", detail)
	}
}
