//go:build linux

package main

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// nudges measures a push to one of 1, 20 and 100 open changes, from the delivery of its
// webhook until the verdict on the new head is recorded and shown, by comment and check. GitHub
// is a server in this process, which validates what is asked against GitHub's description.
func (t *budgets) nudges() {
	for _, n := range []int{1, 20, 100} {
		var walls []string
		for i := range n {
			walls = append(walls, fmt.Sprintf("wall-%d", i))
		}
		w := hooked(t.b, "24h", "", walls...)
		for _, name := range walls {
			w.propose("ana", name, map[string]string{boardPath(name): boardFile(name, "title: Board", "title: Bord")})
		}
		w.hub.Deliveries() // are lost
		d := w.serve(nil)
		d.eventually("all verdicts", func() bool { return len(w.hub.Comments(n)) > 0 && d.reviews() >= n })
		w.later(time.Minute)
		d.poll()
		var took []time.Duration
		requests := 0
		for i := range 5 * t.rounds {
			name := walls[i%n]
			w.pushTo(i%n+1, "ana", name, map[string]string{boardPath(name): boardFile(name, "title: Board", fmt.Sprintf("title: Board %d", i))})
			head, from := w.hub.Head(i%n+1), len(w.hub.Requests())
			began := time.Now()
			for _, event := range w.hub.Deliveries() {
				if code := d.deliver(event, hookSecret); code != http.StatusAccepted {
					t.b.Fatalf("the push is answered %d", code)
				}
			}
			d.eventually("the verdict", func() bool {
				return slices.ContainsFunc(w.hub.Checks(), func(c githubtest.Shown) bool { return c.SHA == head })
			})
			took = append(took, time.Since(began))
			d.rest()
			requests = max(requests, len(w.hub.Requests())-from)
		}
		if code := d.stop(); code != exit.CodeFine {
			t.b.Fatalf("the daemon ended with %d\n%s", code, d.said)
		}
		t.within(fmt.Sprintf("webhook of a push → verdict recorded and shown, %d open changes: p95", n), time.Second, percentile(took, 95),
			fmt.Sprintf("p50 %s, %d requests", short(median(took)), requests))
	}
}
