package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// TestAChangeThatCannotBeRead: anybody may open a pull request with more commits than
// GitHub lists. The daemon starts beside it, says that it is ready, looks as often as
// ever and goes on with the others, and what it received about them does not stay in the
// spool.
func TestAChangeThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := hooked(t, "20ms", "mergeWhenApproved: true\n")
	w.hub.Account("mallory", "")
	head := string(w.remote.Branch("main"))
	for i := range 251 {
		head = strings.TrimSpace(w.remote.Git("commit-tree", "main^{tree}", "-p", head, "-m", fmt.Sprint(i)))
	}
	w.hub.Open(githubtest.Pull{By: "mallory", Title: "Long", Branch: "long", Base: "main", Head: head, Fork: true})
	d := w.serve(nil)
	resp, err := http.Get(d.url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if said, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		t.Errorf("it is answered %d, %s", resp.StatusCode, said)
	}
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	d.eventually("the verdict", func() bool { return len(w.hub.Comments(number)) == 2 })
	w.later(5 * time.Minute)
	w.hub.Review(number, "ben", "APPROVED", "fine", "")
	d.deliverAll("pull_request_review")
	d.eventually("the landing", func() bool { return w.runs("staging")["board"] == "1.1.0" })
	for range 3 {
		passes := d.passes()
		w.later(20 * time.Minute)
		d.eventually("two more passes", func() bool { return d.passes() > passes+1 })
	}
	if n := w.spooled(); n != 0 {
		t.Errorf("%d payloads are in the spool", n)
	}
	if !strings.Contains(d.said.String(), "251 commits") {
		t.Errorf("the daemon does not say what it cannot read:\n%s", d.said)
	}
}
