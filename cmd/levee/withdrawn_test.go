package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestWithdrawnBeforeTheMerge: a reviewer withdraws, and somebody merges before the
// daemon looks again: the check is still green. What lands is decided by what was
// said until then, not by what was recorded.
func TestWithdrawnBeforeTheMerge(t *testing.T) {
	t.Parallel()
	for name, withdraw := range map[string]func(w *hubWorld, number int, id int64){
		"asked for changes": func(w *hubWorld, number int, _ int64) { w.hub.Review(number, "ben", "CHANGES_REQUESTED", "wait", "") },
		"dismissed":         func(w *hubWorld, number int, id int64) { w.hub.Dismiss(number, id) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: false\n")
			w.pass()
			number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
			w.pass()
			w.clock = w.clock.Add(5 * time.Minute)
			id := w.hub.Review(number, "ben", "APPROVED", "", "")
			w.pass()
			w.wantGate(asApp, number, "success", "Fine: nothing is missing", 0)
			withdraw(w, number, id)
			w.merge(number, "ana")
			w.pass()
			w.wantRuns("staging", "board=1.0.0")
			w.wantAudit()
		})
	}
}

// TestMergedByAPerson: of a merge only the pull request's event arrives, and not the push's.
// What landed is applied by that, and not by the next poll.
func TestMergedByAPerson(t *testing.T) {
	t.Parallel()
	w := hooked(t, "24h", "mergeWhenApproved: false\n")
	d := w.serve(nil)
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", "title: Board", "title: Bord", "1.0.0", "1.0.1")})
	w.hub.Deliveries() // are lost
	d.deliver(w.published("pull_request.opened", number), hookSecret)
	d.eventually("the verdict", func() bool { return len(w.hub.Comments(number)) > 0 })
	w.later(time.Minute)
	passes := d.counted("levee_pass_duration_seconds")
	d.eventually("the look at what the target told of", func() bool { return d.counted("levee_pass_duration_seconds") > passes })
	d.rest()
	w.merge(number, "ana")
	d.deliver(w.published("pull_request.closed", number), hookSecret)
	d.eventually("the new version", func() bool { return w.runs("staging")["board"] == "1.0.1" })
}

// merge is a person's own hand on the button.
func (w *hubWorld) merge(number int, person string) {
	w.t.Helper()
	w.hub.Token(person, "ghp_of_"+person)
	ask, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut, fmt.Sprintf("%s/repos/acme/catalog/pulls/%d/merge", strings.TrimSuffix(w.hub.URL, "/"), number), strings.NewReader(`{"merge_method": "merge"}`))
	if err != nil {
		w.t.Fatal(err)
	}
	ask.Header.Set("Authorization", "Bearer ghp_of_"+person)
	ask.Header.Set("Accept", "application/vnd.github+json")
	ask.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		w.t.Fatalf("merge #%d: %s", number, answer.Status)
	}
}
