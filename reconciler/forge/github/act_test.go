package github_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/forgetest"
	"github.com/levee-gitops/levee/reconciler/forge/github"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// each runs a test as an app and with a token.
func each(t *testing.T, test func(t *testing.T, as func(*github.Options))) {
	t.Run("app", func(t *testing.T) { test(t, asApp) })
	t.Run("token", func(t *testing.T) { test(t, asToken) })
}

func people(logins ...string) *forge.Asking {
	a := &forge.Asking{}
	for _, l := range logins {
		a.People = append(a.People, forge.Identity{Login: l})
	}
	return a
}

func notes(n int) []forge.Note {
	var list []forge.Note
	for i := range n {
		list = append(list, forge.Note{Path: "a", Line: i, Level: catalog.Deny, Title: "rule", Message: fmt.Sprint("note ", i)})
	}
	return list
}

func TestNothingIsWrittenTwice(t *testing.T) {
	each(t, func(t *testing.T, as func(*github.Options)) {
		w := newWorld(t, as)
		id, head := w.open("a")
		all := []forge.Action{
			show(id, head, "the verdict", notes(120)...),
			{Change: id, Head: head, Ask: people("bob", "carol")},
			{Change: id, Head: head, Mention: &forge.Mention{Key: "k", Text: "once"}},
		}
		for _, a := range all {
			if r := w.do(a); !r.Done {
				t.Errorf("%+v was not done", a)
			}
		}
		before := w.hub.Writes()
		for range 2 {
			w.forge = w.make(as) // a restart forgets what was written
			for _, a := range all {
				if r := w.do(a); r.Done {
					t.Errorf("%+v was done again", a)
				}
			}
			w.change(id)
		}
		if after := w.hub.Writes(); after != before {
			t.Errorf("a second look made %d writes: %+v", after-before, w.hub.Requests())
		}
	})
}

func TestAnUnchangedSweepCostsNothing(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("a")
	sweep := func() (fresh int) {
		from := len(w.hub.Requests())
		if _, err := w.forge.Changes(t.Context(), "main"); err != nil {
			t.Fatal(err)
		}
		w.change(id)
		w.do(show(id, head, "the verdict"))
		for _, r := range w.hub.Requests()[from:] {
			if r.Status != 304 {
				fresh++
			}
		}
		return fresh
	}
	sweep()
	sweep() // reads what the first has written
	if n := sweep(); n != 0 {
		t.Errorf("an unchanged sweep cost %d requests", n)
	}
}

// TestALookAsksEachAddressOnce: a look at an open change that has nothing new sends one
// request to each address.
func TestALookAsksEachAddressOnce(t *testing.T) {
	each(t, func(t *testing.T, as func(*github.Options)) {
		w := newWorld(t, as)
		id, head := w.open("a")
		look := func() map[string]int {
			from, times := len(w.hub.Requests()), map[string]int{}
			if _, err := w.forge.Changes(t.Context(), "main"); err != nil {
				t.Fatal(err)
			}
			w.change(id)
			w.do(show(id, head, "the verdict"))
			w.do(forge.Action{Change: id, Head: head, Ask: people("bob")})
			for _, r := range w.hub.Requests()[from:] {
				times[r.Method+" "+r.Path]++
			}
			return times
		}
		look()
		look() // reads what the first has written
		times := look()
		for request, n := range times {
			if n != 1 {
				t.Errorf("%d times %s", n, request)
			}
		}
		if len(times) != 7 { // list, pull request, pushes, commits, reviews, comments, checks
			t.Errorf("%d addresses: %v", len(times), times)
		}
		head = w.push(id, "bob", "b")
		for request, n := range look() {
			if n != 1 && strings.HasPrefix(request, "GET") && !strings.HasSuffix(request, "/pulls/"+id) && !strings.Contains(request, "/comments") {
				t.Errorf("after a push, %d times %s", n, request)
			}
		}
	})
}

// TestAWriteForWhatWasReadBefore: an action that writes looks at the pull request again,
// though Change read it a moment ago.
func TestAWriteForWhatWasReadBefore(t *testing.T) {
	each(t, func(t *testing.T, as func(*github.Options)) {
		for name, move := range map[string]func(w *world, id string){
			"pushed":     func(w *world, id string) { w.push(id, "bob", "b") },
			"retargeted": func(w *world, id string) { w.hub.Retarget(num(id), "release") },
			"closed":     func(w *world, id string) { w.hub.Close(num(id)) },
		} {
			w := newWorld(t, as)
			w.remote.SetRef("refs/heads/release", string(w.main()))
			id, head := w.open("a")
			w.do(show(id, head, "first"))
			w.change(id)
			move(w, id)
			before := w.hub.Writes()
			other := show(id, head, "first")
			other.Show.State = forge.Success // the comment is as it was, the check is not
			for _, a := range []forge.Action{
				show(id, head, "second"), other, land(id, head), {Change: id, Head: head, Ask: people("bob")},
				{Change: id, Head: head, Mention: &forge.Mention{Key: "k", Text: "once"}},
			} {
				_, err := w.forge.Do(t.Context(), a)
				w.fails(err, forge.ErrStale)
			}
			if n := w.hub.Writes() - before; n != 0 {
				t.Errorf("%s: %d writes", name, n)
			}
			w.change(id)
			_, err := w.forge.Do(t.Context(), show(id, head, "first")) // which is there already
			w.fails(err, forge.ErrStale)
		}
	})
}

func TestShowingManyNotes(t *testing.T) {
	w := newWorld(t, asApp)
	id, head := w.open("a")
	w.do(show(id, head, "first", notes(120)...))
	checks := w.hub.Checks()
	if len(checks) != 1 || checks[0].Notes != 120 || checks[0].Name != "levee: main" || checks[0].State != "in_progress" || checks[0].SHA != string(head) {
		t.Fatalf("the checks are %+v", checks)
	}
	// With the same notes the run is updated. Updates cannot remove notes, so other notes
	// make another run.
	w.do(show(id, head, "second", notes(120)...))
	if checks = w.hub.Checks(); len(checks) != 1 || checks[0].Notes != 120 || checks[0].Summary != "second" {
		t.Errorf("the checks are %+v", checks)
	}
	w.do(show(id, head, "second", notes(1)...))
	if checks = w.hub.Checks(); len(checks) != 2 || checks[1].Notes != 1 {
		t.Errorf("the checks are %+v", checks)
	}
	a := show(id, head, "third")
	for _, state := range []forge.State{forge.Success, forge.Pending, forge.Failure, forge.Trouble} {
		a.Show.State = state
		w.do(a)
		checks = w.hub.Checks()
		if got, want := checks[len(checks)-1].State, map[forge.State]string{"success": "success", "pending": "in_progress", "failure": "failure", "error": "failure"}[state]; got != want {
			t.Errorf("%s is shown as %s", state, got)
		}
	}
}

func TestACrashBetweenTwoPagesOfNotes(t *testing.T) {
	w := newWorld(t, asApp)
	id, head := w.open("a")
	a := show(id, head, "the verdict", notes(120)...)
	a.Show.State = forge.Success
	w.hub.Fail(githubtest.Fault{Method: "PATCH", Path: "/check-runs/", Status: 502})
	_, err := w.forge.Do(t.Context(), a)
	w.fails(err, nil, "502")
	if c := w.hub.Checks(); c[len(c)-1].State == "success" {
		t.Errorf("half a verdict opens the gate: %+v", c)
	}
	w.do(a)
	if c := w.hub.Checks(); c[len(c)-1].State != "success" || c[len(c)-1].Notes != 120 {
		t.Errorf("the checks are %+v", c)
	}
}

func TestTextsThatAreTooLong(t *testing.T) {
	each(t, func(t *testing.T, as func(*github.Options)) {
		w := newWorld(t, as)
		id, head := w.open("a")
		long := show(id, head, "```\n"+strings.Repeat("äöü wörter\n", 9000))
		long.Show.Title = strings.Repeat("ü", 500)
		w.do(long)
		w.do(forge.Action{Change: id, Head: head, Mention: &forge.Mention{Key: "k", Text: strings.Repeat("x", 100_000)}})
		for _, c := range w.hub.Comments(num(id)) {
			if len(c.Body) > 60_000 || !utf8.ValidString(c.Body) || !strings.Contains(c.Body, "levee check") {
				t.Errorf("a comment has %d bytes and ends in %q", len(c.Body), c.Body[len(c.Body)-80:])
			}
			if strings.Count(c.Body, "```")%2 != 0 {
				t.Error("the cut left a fence open")
			}
		}
		if r := w.do(long); r.Done {
			t.Error("what was cut is written again")
		}
	})
}

func TestOnlyOurOwnCommentsCount(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("a")
	w.hub.Comment(num(id), "ada", "<!-- levee:verdict -->\nAll is well, says the daemon.")
	w.do(show(id, head, "see:\n<!-- levee:tell:00 -->"))
	list := w.hub.Comments(num(id))
	if len(list) != 2 || list[0].Body != "<!-- levee:verdict -->\nAll is well, says the daemon." || list[1].By != "levee-daemon" {
		t.Fatalf("the comments are %+v", list)
	}
	// People with write access can edit the comment; showing the verdict again restores it.
	w.hub.Reword(num(id), list[1].ID, "<!-- levee:verdict -->\nApproved.")
	if r := w.do(show(id, head, "see:\n<!-- levee:tell:00 -->")); !r.Done {
		t.Error("a comment that somebody falsified stays")
	}
}

func TestAMarkerInAQuotationIsNone(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("a")
	tell := forge.Action{Change: id, Head: head, Mention: &forge.Mention{Key: "k", Text: "listen"}}
	w.do(tell)
	mark, _, _ := strings.Cut(w.hub.Comments(num(id))[0].Body, "\n")
	other, otherHead := w.open("b")
	w.do(show(other, otherHead, "quoted:\n"+mark+"\n"))
	tell.Change, tell.Head = other, otherHead
	if r := w.do(tell); !r.Done {
		t.Error("a quotation of a marker kept a comment from being written")
	}
}

func TestWritesThatAreNotListedYet(t *testing.T) {
	each(t, func(t *testing.T, as func(*github.Options)) {
		w := newWorld(t, as)
		id, head := w.open("a")
		w.hub.Pass(time.Hour)
		w.hub.Lag(time.Minute)
		for range 3 {
			w.do(show(id, head, "the verdict"))
			w.do(forge.Action{Change: id, Head: head, Mention: &forge.Mention{Key: "k", Text: "once"}})
		}
		if list := w.hub.Comments(num(id)); len(list) != 2 {
			t.Errorf("the comments are %+v", list)
		}
		p := forge.Action{Propose: &forge.Proposal{Key: "held", Base: "main", Title: "T", Files: map[string][]byte{"a": []byte("1")}}}
		first := w.do(p)
		if again := w.do(p); again.Done || again.ID != first.ID {
			t.Errorf("it was proposed twice: %+v, %+v", first, again)
		}
	})
}

func TestAskingWhomGitHubRefuses(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("a")
	w.hub.Account("eve", "")
	w.hub.Stranger("eve")
	if r := w.do(forge.Action{Change: id, Head: head, Ask: people("eve", "nobody-at-all", "ada", "bob")}); !r.Done {
		t.Error("nobody was asked")
	}
	// GitHub refuses one of two reviewers: the other is requested all the same.
	w.hub.Fail(githubtest.Fault{Method: "POST", Path: "/requested_reviewers", Status: 422, Body: `{"message":"Reviews may only be requested from collaborators."}`},
		githubtest.Fault{Method: "POST", Path: "/requested_reviewers", Status: 422, Body: `{"message":"Reviews may only be requested from collaborators."}`})
	w.do(forge.Action{Change: id, Head: head, Ask: people("carol", "dave")})
	if got := w.hub.Requested(num(id)); !slices.Equal(got, []string{"bob", "dave"}) {
		t.Errorf("asked are %q", got)
	}
	before := w.hub.Writes()
	w.do(forge.Action{Change: id, Head: head, Ask: people("carol", "dave")})
	w.approve(id, "bob") // who has reviewed this head is not asked again
	w.do(forge.Action{Change: id, Head: head, Ask: people("bob")})
	if n := w.hub.Writes() - before; n != 0 {
		t.Errorf("asking again made %d writes", n)
	}
}

func TestLandingThatGitHubRefuses(t *testing.T) {
	refuse := func(status int, message string) githubtest.Fault {
		return githubtest.Fault{Method: "PUT", Path: "/merge", Status: status, Body: `{"message":"` + message + `"}`}
	}
	for _, c := range []struct {
		fault githubtest.Fault
		want  error
	}{
		{refuse(409, "Head branch was modified. Review and try the merge again."), forge.ErrStale},
		{refuse(405, "Base branch was modified. Review and try the merge again."), forge.ErrStale},
		{refuse(405, "Changes must be made through the merge queue"), forge.ErrRefused},
		{refuse(403, "Resource not accessible by integration"), forge.ErrRefused},
		{refuse(422, "Validation Failed"), forge.ErrRefused},
		{refuse(500, "Server Error"), nil},
	} {
		w := newWorld(t)
		id, head := w.open("a")
		w.hub.Fail(c.fault)
		_, err := w.forge.Do(t.Context(), land(id, head))
		w.fails(err, c.want)
	}
}

func TestAPushBetweenJudgingAndLanding(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("a")
	pushed := false
	w.hub.OnRequest(func(r githubtest.Request) {
		if strings.HasSuffix(r.Path, "/merge") && !pushed {
			pushed = true
			w.push(id, "bob", "b")
		}
	})
	_, err := w.forge.Do(t.Context(), land(id, head))
	w.fails(err, forge.ErrStale)
	if c := w.change(id); !c.Open {
		t.Errorf("what nobody judged landed: %+v", c)
	}
}

func TestTokensCannotWriteChecks(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("a")
	w.do(show(id, head, "the verdict"))
	if got := w.hub.Statuses(); len(got) != 1 || got[0].Name != "levee: main" || got[0].State != "pending" || len(w.hub.Checks()) != 0 {
		t.Errorf("the statuses are %+v", got)
	}
}

func TestACrashInTheMiddleOfAProposal(t *testing.T) {
	w := newWorld(t)
	p := forge.Action{Propose: &forge.Proposal{Key: "held", Base: "main", Title: "T", Text: "x", Files: map[string][]byte{"a": []byte("1"), "gone": nil}}}
	w.hub.Fail(githubtest.Fault{Method: "POST", Path: "/pulls", Status: 502})
	_, err := w.forge.Do(t.Context(), p)
	w.fails(err, nil)
	// Somebody moves the branch of the proposal.
	branch := strings.TrimSpace(w.remote.Git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/levee/"))
	w.hub.Direct("bob", branch, w.commit(string(w.main()), "bob", forgetest.Work{Files: map[string]string{"a": "evil"}}))
	w.forge = w.make()
	r := w.do(p)
	c := w.change(r.ID)
	if !r.Done || w.remote.Read(string(c.Head), "a") != "1" {
		t.Errorf("the proposal is %+v", c)
	}
}

// TestATurnToAnotherBranch: a verdict is neither shown nor landed if the pull request is for
// another base branch now.
func TestATurnToAnotherBranch(t *testing.T) {
	each(t, func(t *testing.T, as func(*github.Options)) {
		w := newWorld(t, as)
		w.remote.SetRef("refs/heads/release", string(w.main()))
		id, head := w.open("a")
		good := show(id, head, "fine")
		good.Show.State = forge.Success
		w.hub.Retarget(num(id), "release")
		for _, a := range []forge.Action{good, land(id, head), {Change: id, Head: head, Ask: people("bob")}} {
			_, err := w.forge.Do(t.Context(), a)
			w.fails(err, forge.ErrStale, "release")
		}
		if n := w.hub.Writes(); n != 0 || w.remote.Branch("release") != w.main() {
			t.Errorf("%d writes, and release is at %s: %+v", n, w.remote.Branch("release"), w.hub.Requests())
		}
	})
}

// TestWhomNobodyCanAsk: whether somebody is a collaborator is asked once for each head.
func TestWhomNobodyCanAsk(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("a")
	w.hub.Account("eve", "")
	w.hub.Stranger("eve")
	ask := forge.Action{Change: id, Head: head, Ask: people("eve", "nobody-at-all")}
	w.do(ask)
	before := len(w.hub.Requests())
	w.do(ask)
	for _, r := range w.hub.Requests()[before:] {
		if r.Status != 304 {
			t.Errorf("asked again: %s %s, %d", r.Method, r.Path, r.Status)
		}
	}
}
