package github_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/forgetest"
	"github.com/levee-gitops/levee/reconciler/forge/github"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// hand returns the paths of a contributor, by login or e-mail address.
func hand(c forge.Change, who string) []string {
	for _, by := range c.Contributors {
		if by.Identity.Login == who || by.Email == who {
			return by.Paths
		}
	}
	return nil
}

func TestWhoIsNamedIsExcludedByAccountToo(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	head := w.commit(w.hub.Head(num(id)), "bob", forgetest.Work{
		Files: map[string]string{"b": "1"}, Names: "Carol <carol@home.example>", With: []string{"Dave <4711+dave@users.noreply.github.com>"},
	})
	w.hub.Push(num(id), "bob", head)
	c := w.change(id)
	for _, who := range []string{"bob", "carol", "dave", "carol@home.example"} {
		if !slices.Equal(hand(c, who), []string{"b"}) {
			t.Errorf("%s had a hand in %q: %+v", who, hand(c, who), c.Contributors)
		}
	}
}

func TestAForkIsVisibleAsAPullRequestOnly(t *testing.T) {
	w := newWorld(t)
	head := w.commit(string(w.main()), "bob", forgetest.Work{Files: map[string]string{"a": "1"}})
	n := w.hub.Open(githubtest.Pull{By: "bob", Title: "From afar", Branch: "mine", Base: "main", Head: head, Fork: true})
	id := fmt.Sprint(n)
	if w.remote.Ref("refs/heads/mine") != "" || w.remote.Ref("refs/pull/"+id+"/head") != head {
		t.Fatal("the fork's branch is in the repository")
	}
	if c := w.change(id); string(c.Head) != head || c.Author.Login != "bob" || !slices.Equal(hand(c, "bob"), []string{"a"}) {
		t.Errorf("the change is %+v", c)
	}
	// The owner counts as the pusher of a fork whose pushes cannot be listed.
	w.hub.Fail(githubtest.Fault{Path: "/activity", Status: 404})
	if c := w.change(id); !slices.Equal(hand(c, "bob"), []string{"a"}) {
		t.Errorf("of a private fork the contributors are %+v", c.Contributors)
	}
	// The pusher of a deleted fork is not known, so that nobody can approve.
	w.hub.LoseFork(n)
	if c := w.change(id); !slices.ContainsFunc(c.Contributors, func(by forge.Contributor) bool { return by.Identity.Login == "" && by.Email == "" }) {
		t.Errorf("of a lost fork the contributors are %+v", c.Contributors)
	}
}

func TestAnEvilMergeIsSomebodys(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("apps/x/app.yaml")
	w.hub.Direct("carol", "main", w.commit(string(w.main()), "carol", forgetest.Work{Files: map[string]string{"apps/y/app.yaml": "theirs\n", "deep/er/z": "1\n"}}))
	blob := strings.TrimSpace(w.remote.GitInput("slipped in\n", "hash-object", "-w", "--stdin"))
	w.remote.Git("update-ref", "refs/heads/scratch", string(head))
	clean := strings.TrimSpace(w.remote.Git("merge-tree", "--write-tree", string(head), "main"))
	apps := strings.TrimSpace(w.remote.Git("rev-parse", clean+":apps"))
	x := strings.TrimSpace(w.remote.GitInput("100644 blob "+blob+"\tapp.yaml\n", "mktree"))
	list := strings.ReplaceAll(w.remote.Git("ls-tree", apps), strings.TrimSpace(w.remote.Git("rev-parse", apps+":x")), x)
	apps2 := strings.TrimSpace(w.remote.GitInput(list, "mktree"))
	tree := strings.TrimSpace(w.remote.GitInput(strings.ReplaceAll(w.remote.Git("ls-tree", clean), apps, apps2), "mktree"))
	merge := strings.TrimSpace(w.remote.Git("commit-tree", tree, "-p", string(head), "-p", "main", "-m", "Merge branch 'main'"))
	w.hub.Push(num(id), "dave", merge)
	if c := w.change(id); !slices.Equal(hand(c, "dave"), []string{"apps/x/app.yaml"}) {
		t.Errorf("who slipped something into a merge had a hand in %q: %+v", hand(c, "dave"), c.Contributors)
	}
}

func TestPushersThatAForcePushHides(t *testing.T) {
	w := newWorld(t)
	id, first := w.open("a")
	bobs := w.push(id, "bob", "b")
	w.hub.ForcePush(num(id), "carol", string(first))
	w.hub.ForcePush(num(id), "carol", string(bobs)) // back again: bob is still the pusher
	if c := w.change(id); !slices.Equal(hand(c, "bob"), []string{"b"}) || !slices.Equal(hand(c, "ada"), []string{"a"}) {
		t.Errorf("the contributors are %+v", c.Contributors)
	}
}

func TestPushersOfWhatIsGone(t *testing.T) {
	w := newWorld(t)
	id, first := w.open("a")
	kept := w.commit(string(first), "ada", forgetest.Work{Files: map[string]string{"b": "1"}})
	w.hub.Push(num(id), "bob", w.commit(kept, "ada", forgetest.Work{Files: map[string]string{"c": "1"}}))
	w.hub.ForcePush(num(id), "carol", kept) // bob's last push is gone, and what it contained is not known
	if c := w.change(id); !slices.Equal(hand(c, "bob"), []string{"b"}) {
		t.Errorf("who brought it under another's name had a hand in %q: %+v", hand(c, "bob"), c.Contributors)
	}
}

func TestACommitListThatIsCutIsAnError(t *testing.T) {
	w := newWorld(t)
	head := string(w.main())
	for i := range 251 {
		head = strings.TrimSpace(w.remote.Git("commit-tree", "main^{tree}", "-p", head, "-m", fmt.Sprint(i)))
	}
	n := w.hub.Open(githubtest.Pull{By: "ada", Title: "Long", Branch: "long", Base: "main", Head: head})
	_, err := w.forge.Change(t.Context(), fmt.Sprint(n))
	w.fails(err, nil, "251 commits", "squash")
}

func TestALostRightIsNoClosedChange(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	w.hub.Fail(githubtest.Fault{Path: "/pulls/" + id, Status: 404}, githubtest.Fault{Path: "/repos/acme/catalog", Status: 404})
	_, err := w.forge.Change(t.Context(), id)
	w.fails(err, nil, "cannot be read", "rights")
	w.hub.Fail(githubtest.Fault{Path: "/pulls/" + id, Status: 404}, githubtest.Fault{Path: "/repos/acme/catalog", Status: 200, Body: `{"custom_properties":{"tags":["a","b"]}}`})
	_, err = w.forge.Change(t.Context(), id)
	w.fails(err, forge.ErrUnknown)
}

func TestAChangeThatMovesWhileItIsRead(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	var moved catalog.Commit
	w.hub.OnRequest(func(r githubtest.Request) {
		if strings.Contains(r.Path, "/pulls/"+id+"/reviews") && moved == "" {
			moved = "soon"
			moved = w.push(id, "bob", "b")
		}
	})
	if c := w.change(id); c.Head != moved || !slices.Equal(hand(c, "bob"), []string{"b"}) {
		t.Errorf("the facts are of two heads: %+v; the head is %s", c, moved)
	}
}

// TestAChangeThatMovedSinceItWasRead: what Change read before is not taken for what there is
// now, whatever of the pull request changed in between.
func TestAChangeThatMovedSinceItWasRead(t *testing.T) {
	w := newWorld(t)
	w.remote.SetRef("refs/heads/release", string(w.main()))
	id, _ := w.open("a")
	w.change(id)
	head := w.push(id, "bob", "b")
	if c := w.change(id); c.Head != head || !slices.Equal(hand(c, "bob"), []string{"b"}) {
		t.Errorf("pushed, it is %+v", c)
	}
	w.hub.Retarget(num(id), "release")
	if c := w.change(id); c.Base != "release" {
		t.Errorf("retargeted, it is %+v", c)
	}
	w.hub.Draft(num(id), true)
	if c := w.change(id); !c.Draft {
		t.Errorf("as a draft, it is %+v", c)
	}
	w.hub.Close(num(id))
	if c := w.change(id); c.Open {
		t.Errorf("closed, it is %+v", c)
	}
	w.hub.Reopen(num(id))
	if c := w.change(id); !c.Open {
		t.Errorf("reopened, it is %+v", c)
	}
}

func TestChangesWhilePagesShift(t *testing.T) {
	w := newWorld(t)
	var want []string
	head := w.commit(string(w.main()), "ada", forgetest.Work{Files: map[string]string{"a": "1"}})
	for i := range 105 {
		w.hub.Open(githubtest.Pull{By: "ada", Title: "x", Branch: fmt.Sprint("b", i), Base: "main", Head: head})
		if i != 4 {
			want = append(want, fmt.Sprint(i+1))
		}
	}
	closed := false
	w.hub.OnRequest(func(r githubtest.Request) {
		if strings.Contains(r.Path, "page=2") && !closed {
			closed = true
			w.hub.Close(5)
		}
	})
	got, err := w.forge.Changes(t.Context(), "main")
	if err != nil || !slices.Equal(forgetest.IDs(got), want) {
		t.Errorf("%d changes are listed, want %d: %q, %v", len(got), len(want), got, err)
	}
}

func TestAPartialListIsAnError(t *testing.T) {
	w := newWorld(t)
	w.hub.Fail(githubtest.Fault{Path: "/pulls", Status: 502})
	_, err := w.forge.Changes(t.Context(), "main")
	w.fails(err, nil, "502")
}

func TestWhatLandedRightNowCannotBeTold(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("a")
	r := w.do(land(id, head))
	w.hub.Lag(30e9)
	w.later = 0
	fresh := w.make()
	if got, err := fresh.Landed(t.Context(), r.Commit); err == nil || got != "" {
		t.Errorf("a landing that GitHub does not list yet was brought by %q, %v", got, err)
	}
	if got, err := w.forge.Landed(t.Context(), r.Commit); err != nil || got != id {
		t.Errorf("who landed it says %q, %v", got, err)
	}
	w.hub.Pass(60e9)
	if got, err := fresh.Landed(t.Context(), r.Commit); err != nil || got != id {
		t.Errorf("later it was brought by %q, %v", got, err)
	}
}

// TestAPushThatIsNotListedYet: where pushes can be listed, the owner of a repository does not
// count as the pusher of a commit whose push is not listed yet.
func TestAPushThatIsNotListedYet(t *testing.T) {
	for _, fork := range []bool{false, true} {
		w := newWorld(t)
		w.hub.Account("acme", "") // a person's own
		head := w.commit(string(w.main()), "bob", forgetest.Work{Files: map[string]string{"a": "1"}, Names: "Carol <carol@home.example>"})
		n := w.hub.Open(githubtest.Pull{By: "bob", Title: "Mine", Branch: "mine", Base: "main", Head: head, Fork: fork})
		evil := w.commit(head, "dave", forgetest.Work{Files: map[string]string{"b": "1"}, Names: "Carol <carol@home.example>"})
		w.hub.Pass(1 * 60e9)
		w.hub.Push(n, "dave", evil)
		w.hub.Lag(30e9)
		c := w.change(fmt.Sprint(n))
		if !slices.ContainsFunc(c.Contributors, func(by forge.Contributor) bool {
			return by.Identity.Login == "" && by.Email == "" && slices.Contains(by.Paths, "b")
		}) {
			t.Errorf("from a fork: %t; who pushed last is not listed, and the contributors are %+v", fork, c.Contributors)
		}
	}
}

// TestOurOwnRepositoryIsNoFork: that the pushes cannot be listed is an error for the own
// repository, in whatever case its name is configured. For a fork it is not.
func TestOurOwnRepositoryIsNoFork(t *testing.T) {
	w := newWorld(t, func(o *github.Options) { o.Owner, o.Repo = "ACME", "Catalog" })
	id, _ := w.open("a")
	w.change(id)
	w.hub.Fail(githubtest.Fault{Path: "/activity", Status: 403, Body: `{"message":"Resource not accessible by integration"}`})
	_, err := w.forge.Change(t.Context(), id)
	w.fails(err, nil, "who pushed")
}

// TestYoungStamps: a stamp is empty until GitHub's clock is so far on that another movement
// within the same second would show, also where the list is answered "not modified".
func TestYoungStamps(t *testing.T) {
	w := newWorld(t)
	w.hub.Open(githubtest.Pull{By: "ada", Title: "hello", Branch: "hello", Base: "main", Head: w.commit(string(w.main()), "ada", forgetest.File("a", "1"))})
	stamp := func() string {
		t.Helper()
		list, err := w.forge.Changes(t.Context(), "main")
		if err != nil || len(list) != 1 {
			t.Fatalf("listed are %+v, %v", list, err)
		}
		return list[0].Stamp
	}
	if got := stamp(); got != "" {
		t.Errorf("at once the stamp is %q", got)
	}
	if w.hub.Pass(29 * time.Second); stamp() != "" {
		t.Error("there is a stamp after 29 seconds")
	}
	if w.hub.Pass(time.Second); stamp() == "" {
		t.Error("there is no stamp after 30 seconds")
	}
	if last := w.hub.Requests()[len(w.hub.Requests())-1]; last.Status != http.StatusNotModified {
		t.Errorf("the list is answered %d", last.Status)
	}
}
