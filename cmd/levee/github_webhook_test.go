package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// TestWebhook sends deliveries to a daemon that never looks by itself: a good one makes
// it look, and the review it carries counts; any other is answered, and does nothing.
func TestWebhook(t *testing.T) {
	t.Parallel()
	w := hooked(t, "24h", "mergeWhenApproved: true\n")
	d := w.serve(nil)
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.hub.Deliveries() // are lost
	opened := w.published("pull_request.opened", number)
	if code := d.deliver(opened, hookSecret); code != http.StatusAccepted {
		t.Fatalf("the opened pull request is answered %d", code)
	}
	d.eventually("the verdict", func() bool { return len(w.hub.Comments(number)) == 2 }) // and the word to ben

	review := w.published("pull_request_review.submitted", number)
	d.nothingHappens("what is not GitHub's", func() {
		for name, c := range map[string]struct {
			delivery githubtest.Delivery
			secret   string
			want     int
		}{
			"without a signature":       {review, "", http.StatusUnauthorized},
			"with another secret":       {review, "guess", http.StatusUnauthorized},
			"with the file's line end":  {review, hookSecret + "\n", http.StatusUnauthorized},
			"with too large a body":     {githubtest.Delivery{ID: "large", Event: "push", Payload: bytes.Repeat([]byte(" "), 2<<20)}, hookSecret, http.StatusRequestEntityTooLarge},
			"that is no payload":        {githubtest.Delivery{ID: "form", Event: "push", Payload: []byte("payload=%7B%7D")}, hookSecret, http.StatusBadRequest},
			"without an id":             {githubtest.Delivery{Event: opened.Event, Payload: opened.Payload}, hookSecret, http.StatusBadRequest},
			"of an event nobody needs":  {githubtest.Delivery{ID: "star", Event: "star", Payload: opened.Payload}, hookSecret, http.StatusAccepted},
			"that came before":          {opened, hookSecret, http.StatusAccepted},
			"of a push to our ledger":   {w.published("push", number), hookSecret, http.StatusAccepted},
			"of a ping":                 {w.published("ping", number), hookSecret, http.StatusAccepted},
			"of a comment on an issue":  {w.published("issue_comment.created", number), hookSecret, http.StatusAccepted},
			"of another repository":     {githubtest.Delivery{ID: "other", Event: review.Event, Payload: bytes.ReplaceAll(review.Payload, []byte(`"acme"`), []byte(`"evil"`))}, hookSecret, http.StatusAccepted},
			"of a review without stamp": {githubtest.Delivery{ID: "bare", Event: review.Event, Payload: []byte(`{"action":"submitted","repository":{"name":"catalog","owner":{"login":"acme"}}}`)}, hookSecret, http.StatusBadRequest},
		} {
			if code := d.deliver(c.delivery, c.secret); code != c.want {
				t.Errorf("a delivery %s is answered %d, want %d", name, code, c.want)
			}
		}
		resp, err := http.Get(d.url + "/webhook")
		if err != nil || resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("a read is answered %+v, %v", resp, err)
		}
		_ = resp.Body.Close()
	})

	w.later(5 * time.Minute)
	w.hub.Review(number, "ben", "APPROVED", "fine", "")
	sent := w.hub.Deliveries()
	if code := d.deliver(sent[0], hookSecret); code != http.StatusAccepted || w.spooled() != 1 {
		t.Errorf("the review is answered %d, and %d payloads are kept", code, w.spooled())
	}
	d.eventually("the landing", func() bool { return w.runs("staging")["board"] == "1.1.0" })
	d.rest()
	d.nothingHappens("the same review again", func() { d.deliver(sent[0], hookSecret) })
	if strings.Contains(d.said.String(), hookSecret) {
		t.Error("the daemon says its secret")
	}
	if code := d.stop(); code != exit.CodeFine {
		t.Errorf("exit code %d\n%s", code, d.said)
	}
	w.wantApproved(1)
	w.wantAudit()
}

// wantApproved counts how often ben's approval is on record.
func (w *hubWorld) wantApproved(times int) {
	w.t.Helper()
	if n := strings.Count(strings.Join(w.log(), "\n"), "ben approves board"); n != times {
		w.t.Errorf("the approval is recorded %d times, want %d:\n%s", n, times, strings.Join(w.log(), "\n"))
	}
}

// TestTheProcessDiesWithAReview: GitHub moves the stamp of a review when the branch is
// rebased, so the payload is the only evidence of what was approved. It is acknowledged,
// and then the process dies before anything is recorded.
func TestTheProcessDiesWithAReview(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keep      bool // the payload reached the disk
		lose      bool // the disk is lost
		redeliver bool // GitHub sends it again
		counts    bool
	}{
		"and starts again":                            {keep: true, counts: true},
		"and the delivery comes again":                {keep: true, redeliver: true, counts: true},
		"and the disk is lost":                        {keep: true, lose: true},
		"and the disk is lost but not the delivery":   {keep: true, lose: true, redeliver: true, counts: true},
		"before it is kept":                           {},
		"before it is kept and it is delivered again": {redeliver: true, counts: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := hooked(t, "24h", "mergeWhenApproved: true\n")
			w.hub.MoveStamps()
			var dying, dead atomic.Bool
			d := w.serve(func(what string, effect func() error) error {
				if dead.Load() {
					return errKilled
				}
				if !dying.Load() {
					return effect()
				}
				dead.Store(true)
				if what != "spool a review" {
					t.Errorf("it died at %q", what)
				}
				if c.keep {
					return effect()
				}
				return errKilled
			})
			content := map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)}
			number := w.propose("ana", "people", content)
			d.deliver(w.published("pull_request.opened", number), hookSecret)
			d.eventually("the verdict", func() bool { return len(w.hub.Comments(number)) == 2 })
			d.rest()
			w.later(5 * time.Minute)
			w.hub.Deliveries()
			w.hub.Review(number, "ben", "APPROVED", "", "")
			sent := w.hub.Deliveries()
			dying.Store(true)
			code := d.deliver(sent[0], hookSecret)
			if want := map[bool]int{true: http.StatusAccepted, false: http.StatusInternalServerError}[c.keep]; code != want {
				t.Errorf("it is answered %d, want %d", code, want)
			}
			d.stop()
			w.wantApproved(0)

			w.later(time.Minute)
			rebased := w.remote.Commit("scratch", gitrepotest.Change{When: w.now(), From: w.remote.Branch("main"), Message: "rebased", Author: "ana <ana@example.com>", Write: content})
			w.remote.SetRef("refs/heads/scratch", "")
			w.hub.ForcePush(number, "ana", string(rebased))
			if c.lose {
				if err := os.RemoveAll(filepath.Join(w.dir, "data")); err != nil {
					t.Fatal(err)
				}
			}
			w.later(5 * time.Minute)
			d = w.serve(nil)
			if c.redeliver {
				d.deliver(sent[0], hookSecret)
			}
			if c.counts {
				d.eventually("the landing", func() bool { return w.runs("staging")["board"] == "1.1.0" })
			} else {
				if c := w.comment(number); !strings.Contains(c, "`ben` approved while the content moved") || !strings.Contains(c, "Please approve once more.") {
					t.Errorf("the comment is\n%s", c)
				}
				w.later(time.Minute)
				w.hub.Review(number, "ben", "APPROVED", "again", "")
				d.deliverAll("pull_request_review")
				d.eventually("the landing", func() bool { return w.runs("staging")["board"] == "1.1.0" })
			}
			d.stop()
			w.wantApproved(1)
			w.wantAudit()
		})
	}
}

// TestALostDelivery: what no delivery told of is found by looking.
func TestALostDelivery(t *testing.T) {
	t.Parallel()
	w := hooked(t, "20ms", "mergeWhenApproved: true\n")
	d := w.serve(nil)
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	d.eventually("the verdict", func() bool { return len(w.hub.Comments(number)) == 2 })
	passes := d.passes()
	d.eventually("a pass after it", func() bool { return d.passes() > passes+1 })
	w.later(5 * time.Minute)
	w.hub.Review(number, "ben", "APPROVED", "", "")
	d.eventually("the landing", func() bool { return w.runs("staging")["board"] == "1.1.0" })
	d.stop()
	w.wantApproved(1)
	if n := w.spooled(); n != 0 {
		t.Errorf("%d payloads are in the spool", n)
	}
	w.wantAudit()
}

// TestRecheck: people of the project can ask to be looked at at once; for strangers
// and bots nothing happens.
func TestRecheck(t *testing.T) {
	t.Parallel()
	w := hooked(t, "24h", "mergeWhenApproved: true\n")
	d := w.serve(nil)
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", "title: Board", "title: Bord")})
	w.hub.Account("mallory", "")
	w.hub.Stranger("mallory")
	d.nothingHappens("what strangers and bots write", func() {
		w.hub.Comment(number, "mallory", "/levee recheck")
		w.hub.Comment(number, asApp.login, "/levee recheck")
		w.hub.Comment(number, "ben", "could somebody /levee recheck this?")
		d.deliverAll("issue_comment")
	})
	w.hub.Comment(number, "ana", "/levee recheck")
	d.deliverAll("issue_comment")
	d.eventually("the landing", func() bool {
		return strings.Contains(w.remote.Git("log", "-1", "--format=%s", "main"), "Publish board")
	})
}

// TestALandingThatGitHubRefuses is not tried with every look, and its reason can be
// read.
func TestALandingThatGitHubRefuses(t *testing.T) {
	t.Parallel()
	w := hooked(t, "24h", "mergeWhenApproved: true\n")
	d := w.serve(nil)
	w.hub.Protect("Required status check \"build\" is expected.")
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", "title: Board", "title: Bord")})
	look := func() {
		reviews := d.reviews()
		w.hub.Comment(number, "ana", "/levee recheck")
		d.deliverAll("issue_comment")
		d.eventually("a review", func() bool { return d.reviews() > reviews })
	}
	tries := func() (n int) {
		for _, r := range w.hub.Requests() {
			if strings.HasSuffix(r.Path, "/merge") {
				n++
			}
		}
		return n
	}
	for range 4 {
		look()
	}
	records := len(w.log())
	look()
	if n := tries(); n != 1 || len(w.log()) != records {
		t.Errorf("it was tried %d times, and recorded: %q", n, w.log()[records:])
	}
	if c := w.comment(number); !strings.Contains(c, "tried again by itself") || !strings.Contains(c, "Required status check \"build\" is expected.") {
		t.Errorf("the comment is\n%s", c)
	}
	w.later(time.Minute)
	look()
	if n := tries(); n != 2 {
		t.Errorf("a minute later it was tried %d times", n)
	}
	w.hub.Protect("")
	w.later(20 * time.Minute)
	look()
	d.eventually("the landing", func() bool {
		return strings.Contains(w.remote.Git("log", "-1", "--format=%s", "main"), "Publish board")
	})
}

// TestWebhooksThatCannotWork: the daemon does not start where nobody could send it
// anything, or anybody could.
func TestWebhooksThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit func(w *hubWorld, config string) string
		want string
		code int
	}{
		"nothing listens": {func(_ *hubWorld, c string) string { return strings.Replace(c, "listen:", "# listen:", 1) }, "nothing listens", exit.CodeUsage},
		"plaingit":        {func(_ *hubWorld, c string) string { return strings.Replace(c, "kind: github", "kind: plaingit", 1) }, "sends no webhooks", exit.CodeUsage},
		"an empty secret": {func(w *hubWorld, c string) string { w.write("hook-secret", "\n"); return c }, "there is no secret", exit.CodeError},
		"no secret":       {func(_ *hubWorld, c string) string { return strings.Replace(c, "hook-secret", "elsewhere", 1) }, "read the webhook's secret", exit.CodeError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := hooked(t, "24h", "")
			w.write("levee.yaml", c.edit(w, w.read("levee.yaml")))
			if code := w.levee("serve"); code != c.code || !strings.Contains(w.out.String(), c.want) {
				t.Errorf("exit code %d\n%s", code, &w.out)
			}
		})
	}
}
