package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// poll has the daemon list the changes, as it does at every poll, and waits until it rests.
// It returns what that asked of GitHub.
func (d *served) poll() string {
	d.t.Helper()
	from, rounds := len(d.hub.Requests()), d.passes()
	d.sent++
	event := githubtest.Delivery{ID: fmt.Sprint("poll-", d.sent), Event: "check_suite",
		Payload: []byte(`{"action":"completed","check_suite":{"pull_requests":[]},"repository":{"name":"catalog","owner":{"login":"acme"}}}`)}
	if code := d.deliver(event, hookSecret); code != http.StatusAccepted {
		d.t.Fatalf("the event is answered %d", code)
	}
	d.eventually("a round", func() bool { return d.passes() > rounds })
	d.rest()
	return d.calls(from)
}

// only fails if anything was asked since a request but the list, and of changes but some.
func (d *served) only(from int, numbers ...int) {
	d.t.Helper()
	for _, r := range d.hub.Requests()[from:] {
		path, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/repos/acme/catalog"), "?")
		about := path == "/pulls" || !strings.HasPrefix(path, "/pulls/") && !strings.HasPrefix(path, "/issues/")
		for _, n := range numbers {
			about = about || strings.HasPrefix(path+"/", fmt.Sprintf("/pulls/%d/", n)) || strings.HasPrefix(path+"/", fmt.Sprintf("/issues/%d/", n))
		}
		if !about {
			d.t.Errorf("%s %s is asked, and only %v moved", r.Method, path, numbers)
		}
	}
}

// TestCallsWithManyChanges counts what GitHub is asked with 1, 20 and 100 open changes that
// wait for somebody to merge them: by a poll while all are at rest, by a nudge for one of them, and by
// a poll after one has moved whose webhook was lost. It is the same each time.
func TestCallsWithManyChanges(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "github-calls-many.txt")
	want, _ := os.ReadFile(golden)
	for _, n := range []int{1, 20, 100} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			var walls []string
			for i := range n {
				walls = append(walls, fmt.Sprintf("wall-%d", i))
			}
			w := hooked(t, "24h", "read: 1000h\n", walls...)
			for _, name := range walls {
				w.propose("ana", name, map[string]string{boardPath(name): boardFile(name, "title: Board", "title: Bord")})
			}
			w.hub.Deliveries() // are lost
			d := w.serve(nil)
			d.eventually("all verdicts", func() bool { return len(w.hub.Comments(n)) > 0 && d.reviews() >= n })
			// The daemon's own comments moved the changes, and those that show late what targets say.
			before := 0
			for range 9 {
				w.later(31 * time.Second)
				before = d.reviews()
				if d.poll(); d.reviews() == before {
					break
				}
			}
			from := len(w.hub.Requests())
			var b strings.Builder
			fmt.Fprintf(&b, "a poll, all at rest\n%s", d.poll())
			if d.only(from); d.reviews() != before {
				t.Errorf("%d changes at rest were reviewed", d.reviews()-before)
			}

			// A nudge reads its change, and lists nothing.
			w.hub.Comment(n, "ana", "/levee recheck")
			event := w.hub.Deliveries()[0]
			from, before = len(w.hub.Requests()), d.reviews()
			if code := d.deliver(event, hookSecret); code != http.StatusAccepted {
				t.Fatalf("the command is answered %d", code)
			}
			d.eventually("the review", func() bool { return d.reviews() > before })
			d.rest()
			fmt.Fprintf(&b, "a nudge for one change\n%s", w.calls(from))
			if d.only(from, n); strings.Contains(w.calls(from), "/pulls  ") || d.reviews() != before+1 {
				t.Errorf("a nudge listed the changes, or reviewed %d of them:\n%s", d.reviews()-before, w.calls(from))
			}

			// The comment moved it: the next polls look at it, until that can be the last word.
			from, before = len(w.hub.Requests()), d.reviews()
			fmt.Fprintf(&b, "a poll, one of them just moved\n%s", d.poll())
			d.only(from, n)
			d.poll()
			w.later(31 * time.Second)
			d.poll()
			if looks := d.reviews() - before; looks < 3 {
				t.Errorf("what moved was looked at %d times", looks)
			}
			if before = d.reviews(); !strings.HasPrefix(d.poll(), "  GET   /pulls ") || d.reviews() != before {
				t.Errorf("it does not come to rest")
			}

			if *update && n == 1 {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" && !*update {
				t.Errorf("with %d changes there are other calls (-want +got):\n%s", n, diff)
			}
		})
	}
}

// TestWhatEndsRest: a change at which nothing moved on GitHub is looked at again when
// anything else moves that its verdict follows from, and then rests again.
func TestWhatEndsRest(t *testing.T) {
	t.Parallel()
	w := hooked(t, "24h", "", "wall", "other")
	w.remote.SetRef("refs/heads/elsewhere", string(w.remote.Branch("main")))
	number := w.propose("ana", "wall", map[string]string{boardPath("wall"): boardFile("wall", "title: Board", "title: Bord")})
	w.hub.Deliveries() // are lost
	d := w.serve(nil)
	d.eventually("the verdict", func() bool { return len(w.hub.Comments(number)) > 0 })
	looks := func() int {
		before := d.reviews()
		d.poll()
		return d.reviews() - before
	}
	rest := func() {
		t.Helper()
		for range 9 { // what targets say late is shown, too
			w.later(31 * time.Second)
			if looks() == 0 {
				return
			}
		}
		t.Fatal("the change does not come to rest")
	}
	for _, c := range []struct {
		what  string
		moves func()
		looks bool
		asks  string // GitHub about the change: a part of the path; empty for nothing
	}{
		{"nothing", func() {}, false, ""},
		{"the branch moves", func() {
			w.hub.Direct("ana", "main", w.commit("", "ana", map[string]string{"apps/ops/other/README.md": "hello\n"}))
		}, true, ""},
		{"its app is contained, by a process beside", func() { w.must("quarantine", "wall", "--reason", "it leaks", "--by", "oncall") }, true, "PATCH /repos/acme/catalog/issues/comments/"},
		{"another app is contained", func() { w.must("quarantine", "other", "--reason", "it leaks", "--by", "oncall") }, false, ""},
		{"the day ends", func() { w.later(24 * time.Hour) }, true, "/reviews"},
		{"a quarter of an hour passes", func() { w.later(15 * time.Minute) }, true, "/reviews"},
		{"a comment is written that is no command", func() { w.hub.Comment(number, "ben", "nice") }, true, "/reviews"},
		{"it is given another base", func() { w.hub.Retarget(number, "elsewhere") }, true, "/reviews"},
		{"it comes back", func() { w.hub.Retarget(number, "main") }, true, "/reviews"},
	} {
		rest()
		c.moves()
		from := len(w.hub.Requests())
		if n := looks(); (n > 0) != c.looks {
			t.Errorf("%s: the change is looked at %d times", c.what, n)
		}
		if c.asks == "" {
			d.only(from)
		} else if !slices.ContainsFunc(w.hub.Requests()[from:], func(r githubtest.Request) bool { return strings.Contains(r.Method+" "+r.Path, c.asks) }) {
			t.Errorf("%s: GitHub is not asked for %s", c.what, c.asks)
		}
	}
	rest()

	// A review that fails is no last word, although nothing moves after it.
	w.hub.Comment(number, "ben", "well")
	w.later(31 * time.Second)
	w.hub.Fail(githubtest.Fault{Path: fmt.Sprintf("/pulls/%d/reviews", number), Status: http.StatusNotFound})
	done := d.metric("levee_reviews_total", "done")
	d.poll()
	d.eventually("another review", func() bool {
		return d.metric("levee_reviews_total", "failed") == 1 && d.metric("levee_reviews_total", "done") > done
	})
	d.rest()
	if looks() > 1 {
		t.Error("it does not come to rest")
	}
}

// TestLandedByWhatIsSoNow: a change that GitHub refused to land is read afresh before it is
// landed after all, also where nothing says that it moved.
func TestLandedByWhatIsSoNow(t *testing.T) {
	t.Parallel()
	w := hooked(t, "24h", "mergeWhenApproved: true\nread: 1000h\n", "wall")
	number := w.propose("ana", "wall", map[string]string{boardPath("wall"): boardFile("wall", "title: Board", "title: Bord")})
	w.hub.Deliveries() // are lost
	refuse := githubtest.Fault{Method: http.MethodPut, Path: "/merge", Status: http.StatusMethodNotAllowed}
	w.hub.Fail(refuse)
	d := w.serve(nil)
	d.eventually("the refusal", func() bool { return strings.Contains(d.calls(0), "PUT   /pulls/*/merge") })
	for range 9 { // until all that was written on it is long ago
		w.hub.Fail(refuse)
		w.later(11 * time.Minute) // longer than any pause after a refusal
		d.poll()
	}
	from := len(w.hub.Requests())
	w.later(11 * time.Minute)
	d.poll()
	read := false
	for _, r := range w.hub.Requests()[from:] {
		read = read || strings.Contains(r.Path, fmt.Sprintf("/pulls/%d/reviews", number))
		if r.Method == http.MethodPut && !read {
			t.Error("it is landed by what was read long ago")
		}
	}
	if !strings.Contains(d.calls(from), "PUT   /pulls/*/merge") {
		t.Errorf("it is not landed:\n%s", d.calls(from))
	}
}
