package github_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/forgetest"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

func (w *world) approve(id, person string) string {
	return strconv.FormatInt(w.hub.Review(num(id), person, "APPROVED", "", ""), 10)
}

func (w *world) review(id, review string) forge.Review {
	w.t.Helper()
	for _, r := range w.change(id).Reviews {
		if r.ID == review {
			return r
		}
	}
	w.t.Fatalf("there is no review %s", review)
	return forge.Review{}
}

// capture hands the reviews that were delivered to the forge.
func (w *world) capture() {
	w.t.Helper()
	for _, d := range w.hub.Deliveries() {
		if d.Event == "pull_request_review" {
			if _, err := w.forge.Capture(d.Payload); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func (w *world) rewrite(id, person string) catalog.Commit {
	head := w.commit(string(w.main()), person, forgetest.Work{Files: map[string]string{"rewritten": person}})
	w.hub.ForcePush(num(id), person, head)
	return catalog.Commit(head)
}

func TestAStampThatMoved(t *testing.T) {
	for name, move := range map[string]func(w *world, id string){
		"by a force-push": func(w *world, id string) { w.rewrite(id, "ada") },
		"by an update": func(w *world, id string) {
			w.hub.Direct("carol", "main", w.commit(string(w.main()), "carol", forgetest.Work{Files: map[string]string{"c": "1"}}))
			w.hub.Update(num(id), "ada")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.hub.MoveStamps()
			id, first := w.open("a")
			review := w.approve(id, "bob")
			sent := w.hub.Deliveries()
			move(w, id)
			if r := w.review(id, review); r.Witnessed || r.Commit == first {
				t.Errorf("without its payload the review is %+v, and was of %s", r, first)
			}
			for _, d := range sent {
				if d.Event == "pull_request_review" {
					if _, err := w.forge.Capture(d.Payload); err != nil {
						t.Fatal(err)
					}
				}
			}
			if r := w.review(id, review); !r.Witnessed || r.Commit != first {
				t.Errorf("with its payload the review is %+v, and was of %s", r, first)
			}
		})
	}
}

func TestAStampThatWasSeenInTime(t *testing.T) {
	w := newWorld(t)
	w.hub.MoveStamps()
	id, first := w.open("a")
	review := w.approve(id, "bob")
	if r := w.review(id, review); !r.Witnessed || r.Commit != first {
		t.Fatalf("nothing moved, and the review is %+v", r)
	}
	w.rewrite(id, "ada")
	if r := w.review(id, review); !r.Witnessed || r.Commit != first {
		t.Errorf("it was seen before, and is %+v now", r)
	}
	w.forge = w.make() // one without memory
	if r := w.review(id, review); r.Witnessed {
		t.Errorf("nobody saw it, and it is %+v", r)
	}
}

func TestAPushInTheSameSecond(t *testing.T) {
	w := newWorld(t)
	w.hub.MoveStamps()
	id, _ := w.open("a")
	review := w.approve(id, "bob")
	w.hub.Pass(-time.Minute) // so that the push is of the second of the review
	w.rewrite(id, "ada")
	if r := w.review(id, review); r.Witnessed {
		t.Errorf("the head moved in the second of the review, which is %+v", r)
	}
}

func TestWitnessesThatLagBehind(t *testing.T) {
	w := newWorld(t)
	w.hub.MoveStamps()
	id, _ := w.open("a")
	review := w.approve(id, "bob")
	w.rewrite(id, "ada")
	w.hub.Lag(30 * time.Second) // the push is not among the activities yet
	if r := w.review(id, review); r.Witnessed {
		t.Errorf("what is not listed yet was taken for not done: %+v", r)
	}
}

func TestReviewsThatSayNothing(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	w.hub.Review(num(id), "bob", "COMMENTED", "nice", "")
	w.hub.Review(num(id), "bob", "PENDING", "draft", "")
	if c := w.change(id); len(c.Reviews) != 0 {
		t.Errorf("the reviews are %+v", c.Reviews)
	}
	review := w.approve(id, "bob")
	w.hub.Dismiss(num(id), int64(num(review)))
	if r := w.review(id, review); r.Review != catalog.Dismiss {
		t.Errorf("the dismissed review is %+v", r)
	}
	if r := w.review(id, strconv.FormatInt(w.hub.Review(num(id), "levee[bot]", "APPROVED", "", ""), 10)); !r.Bot {
		t.Errorf("the review of a bot is %+v", r)
	}
}

func TestConfirming(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	review := w.approve(id, "bob")
	says := func(want string) {
		t.Helper()
		if r := w.review(id, review); r.Confirms != want {
			t.Errorf("it confirms %q, want %q", r.Confirms, want)
		}
	}
	edited := w.hub.Comment(num(id), "bob", "Fine")
	w.hub.Reword(num(id), edited, "/levee confirm 7f3a9c1")
	says("") // somebody else may have edited it
	w.hub.Comment(num(id), "bob", "> /levee confirm 7f3a9c1")
	w.hub.Comment(num(id), "bob", "/levee confirm 7f3a9c1 and more")
	says("")
	w.hub.Review(num(id), "bob", "COMMENTED", "/levee confirm 1111111", "")
	says("") // its text may have been edited, unless it was captured
	w.capture()
	says("1111111")
}

func TestOnlyTheFirstPayloadCounts(t *testing.T) {
	w := newWorld(t)
	w.hub.MoveStamps()
	id, first := w.open("a")
	review := w.approve(id, "bob")
	w.capture()
	second := w.rewrite(id, "ada")
	w.hub.Dismiss(num(id), int64(num(review)))
	w.capture() // of the dismissal, with the moved stamp
	if r := w.review(id, review); r.Commit != first || r.Review != catalog.Dismiss || second == first {
		t.Errorf("the review is %+v, and was of %s", r, first)
	}
	for _, bad := range []string{"", "{", "[]", `{"action":"submitted","repository":{"name":"catalog","owner":{"login":"acme"}}}`} {
		if _, err := w.forge.Capture([]byte(bad)); err == nil {
			t.Errorf("captured %q", bad)
		}
	}
}

func TestARetargetedChange(t *testing.T) {
	w := newWorld(t)
	w.remote.SetRef("refs/heads/other", string(w.main()))
	id, _ := w.open("a")
	review := w.approve(id, "bob")
	w.hub.Retarget(num(id), "other")
	c := w.change(id)
	if r := w.review(id, review); c.Base != "other" || r.Witnessed {
		t.Errorf("for another base it is %+v", c)
	}
	if ids, err := w.forge.Changes(t.Context(), "main"); err != nil || len(ids) != 0 {
		t.Errorf("it is listed for its old base: %q, %v", ids, err)
	}
}

// TestAReviewForAnotherBase: an approval that was given while the pull request was for one
// base branch does not count for another, though the head is the same.
func TestAReviewForAnotherBase(t *testing.T) {
	w := newWorld(t)
	w.remote.SetRef("refs/heads/other", string(w.main()))
	id, _ := w.open("a")
	w.hub.Retarget(num(id), "other")
	review := w.approve(id, "bob")
	w.hub.Review(num(id), "bob", "COMMENTED", "/levee confirm 7f3a9c1", "")
	w.capture()
	w.hub.Retarget(num(id), "main")
	if r := w.review(id, review); r.Witnessed || r.Confirms != "" {
		t.Errorf("approved for another branch, it is %+v", r)
	}
	again := w.approve(id, "bob")
	w.capture()
	if r := w.review(id, again); !r.Witnessed {
		t.Errorf("approved for this branch, it is %+v", r)
	}
}

// TestAReviewWhileTheBaseTurns: a review that was given while the change was for another
// branch is not remembered as one for the branch that it was for before.
func TestAReviewWhileTheBaseTurns(t *testing.T) {
	w := newWorld(t)
	w.remote.SetRef("refs/heads/other", string(w.main()))
	id, _ := w.open("a")
	w.change(id)
	review := ""
	w.hub.OnRequest(func(r githubtest.Request) {
		if strings.Contains(r.Path, "/pulls/"+id+"/reviews") && review == "" {
			w.hub.Retarget(num(id), "other")
			review = w.approve(id, "bob")
		}
	})
	w.change(id)
	w.hub.OnRequest(nil)
	w.hub.Retarget(num(id), "main")
	if r := w.review(id, review); r.Witnessed {
		t.Errorf("approved for another branch, it is %+v", r)
	}
}

// TestTheWordsOfAReviewThatWasSeenFirst: a payload that comes after the review was read still
// adds the text that was submitted.
func TestTheWordsOfAReviewThatWasSeenFirst(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	review := strconv.FormatInt(w.hub.Review(num(id), "bob", "APPROVED", "/levee confirm 7f3a9c1", ""), 10)
	if r := w.review(id, review); !r.Witnessed || r.Confirms != "" {
		t.Fatalf("before its payload it is %+v", r)
	}
	w.capture()
	if r := w.review(id, review); !r.Witnessed || r.Confirms != "7f3a9c1" {
		t.Errorf("with its payload it is %+v", r)
	}
}
