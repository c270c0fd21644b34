package api_test

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/api"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

var discard = slog.New(slog.DiscardHandler)

func names(p api.Page) (list []string) {
	for _, one := range p.Apps {
		list = append(list, one.Name)
	}
	return list
}

// TestApps: apps are listed by name, whole pages at a time, and by what is asked of them.
func TestApps(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha", "beta", "gamma")
	s := serve(t, w, 0)
	w.Once(s.process)
	w.Push(reconcilertest.Files{
		reconcilertest.BoardPath("held"): reconcilertest.Board("held", "  budget:", "  egress: [maps.example.org]\n  budget:"),
		reconcilertest.BoardPath("odd"):  "kind: App\n",
	})
	w.Quarantine("gamma", "it leaks", "chris")
	w.Once(s.process)
	all := want[api.Page](s, request("GET", "/v1/apps", ""))
	if got := names(all); !slices.Equal(got, []string{"alpha", "beta", "gamma", "held", "odd"}) || all.Next != "" {
		t.Fatalf("it lists %v, and goes on after %q", got, all.Next)
	}
	told := map[string]string{}
	for _, one := range all.Apps {
		person := ""
		if one.Owner != nil {
			person = string(one.Owner.Person)
		}
		told[one.Name] = fmt.Sprintf("%s %s by %q in %v, held %t, contained %t", one.Stage, one.Verdict, person, one.Runs, one.Held, one.Contained)
	}
	wanted := map[string]string{
		"alpha": `active allow by "ana" in [production staging], held false, contained false`,
		"beta":  `active allow by "ana" in [production staging], held false, contained false`,
		"gamma": `active allow by "ana" in [production staging], held false, contained true`,
		"held":  `active deny by "ana" in [], held true, contained false`,
		"odd":   `active invalid by "" in [], held true, contained false`,
	}
	if !maps.Equal(told, wanted) {
		t.Errorf("got  %q\nwant %q", told, wanted)
	}
	var paged []string
	path := "/v1/apps?limit=2"
	for range 3 {
		p := want[api.Page](s, request("GET", path, ""))
		paged = append(append(paged, names(p)...), "|")
		path = "/v1/apps?limit=2&after=" + p.Next
	}
	if got := strings.Join(paged, " "); got != "alpha beta | gamma held | odd |" {
		t.Errorf("pages are %s", got)
	}
	for query, want1 := range map[string][]string{
		"owner=ana&limit=2": {"alpha", "beta"}, "owner=ben": nil, "team=ops&after=beta": {"gamma", "held"}, "team=finance": nil,
		"stage=active&verdict=deny": {"held"}, "stage=due": nil, "verdict=invalid": {"odd"}, "after=zzz": nil, "after=alphabet": {"beta", "gamma", "held", "odd"},
	} {
		if got := names(want[api.Page](s, request("GET", "/v1/apps?"+query, ""))); !slices.Equal(got, want1) {
			t.Errorf("?%s lists %v, want %v", query, got, want1)
		}
	}
}

// TestPagesSurviveMoves: pages go on by name, whatever came or went meanwhile, and an answer that would
// be the same is not sent again.
func TestPagesSurviveMoves(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha", "beta", "gamma")
	s := serve(t, w, 0)
	w.Once(s.process)
	first := s.ask(request("GET", "/v1/apps?limit=1&after=alpha", ""))
	tag, link := first.header.Get("ETag"), first.header.Get("Link")
	if tag == "" || link != `</v1/apps?after=beta&limit=1>; rel="next"` {
		t.Errorf("ETag %q, Link %q", tag, link)
	}
	again := func() int {
		r := request("GET", "/v1/apps?limit=1&after=alpha", "")
		r.Header.Set("If-None-Match", tag)
		return s.ask(r).code
	}
	if code := again(); code != http.StatusNotModified {
		t.Errorf("nothing moved, and it is answered with %d", code)
	}
	w.Push(reconcilertest.BoardFile("aaa", "title: Board", "title: Another board"))
	w.Push(reconcilertest.BoardFile("bz", "title: Board", "title: Last board"))
	w.Once(s.process)
	if code := again(); code != http.StatusOK {
		t.Errorf("apps came, and it is answered with %d", code)
	}
	if got := names(want[api.Page](s, request("GET", "/v1/apps?after=beta", ""))); !slices.Equal(got, []string{"bz", "gamma"}) {
		t.Errorf("after beta it goes on with %v", got)
	}
}

// TestApp: of one app all is told that is known, and it is judged as of now.
func TestApp(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha", "gamma")
	s := serve(t, w, 0)
	w.Once(s.process)
	w.Push(reconcilertest.BoardFile("held", "  budget:", "  egress: [maps.example.org]\n  budget:"))
	w.Quarantine("gamma", "it leaks", "chris")
	w.Once(s.process)
	alpha := want[api.App](s, request("GET", "/v1/apps/alpha", ""))
	if d := alpha.Decision; d == nil || !d.Runs || d.Verdict != "allow" || d.Running == nil || alpha.Owner.Team != "ops" || alpha.Path != reconcilertest.BoardPath("alpha") {
		t.Errorf("of alpha it is told %+v, decided %+v", alpha, d)
	}
	staging := alpha.Environments[0]
	if len(alpha.Environments) != 2 || staging.Name != "staging" || staging.Admitted == nil || !staging.Admitted.Adopted || staging.Applied == nil || staging.Applied.Outcome != "done" || staging.Pending {
		t.Errorf("of its environments it is told %+v", alpha.Environments)
	}
	held := want[api.App](s, request("GET", "/v1/apps/held", ""))
	if d := held.Decision; d == nil || d.Runs || d.Verdict != "deny" || d.Problems[0].Rule != "egress.vendor-approved" || d.Problems[0].Line == 0 || d.Problems[0].Remedy == "" || held.Holding == nil || held.Holding.Verdict != "deny" {
		t.Errorf("of the held app it is told %+v, decided %+v", held, d)
	}
	gamma := want[api.App](s, request("GET", "/v1/apps/gamma", ""))
	if gamma.Containment == nil || gamma.Containment.Reason != "it leaks" || !strings.HasPrefix(gamma.Containment.By, "chris") {
		t.Errorf("of the contained app it is told %+v", gamma)
	}
	for _, name := range []string{"nobody", "@governance", "@strays", "%2e%2e", "alpha%00"} {
		if detail, _ := s.refused(request("GET", "/v1/apps/"+name, ""), http.StatusNotFound); !strings.Contains(detail, "/v1/apps") {
			t.Errorf("of %s it says %q", name, detail)
		}
	}
}

// TestAppDeadlines: what the scheduled reviews would do is told, where somebody would be told of it.
func TestAppDeadlines(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	w.Notify()
	s := serve(t, w, 0)
	w.Once(s.process)
	alpha := want[api.App](s, request("GET", "/v1/apps/alpha", ""))
	if !slices.ContainsFunc(alpha.Deadlines, func(e lifecycle.Event) bool { return e.What == "disabled" }) {
		t.Errorf("its deadlines are %+v", alpha.Deadlines)
	}
}
