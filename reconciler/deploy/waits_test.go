package deploy

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/work"
)

// TestWaits: who waits for an app follows what each effect last said that it needs.
func TestWaits(t *testing.T) {
	q := newWaits(work.NewAgenda(), slog.New(slog.DiscardHandler))
	board := func(environment string) effect { return effect{app: "board", environment: environment} }
	needs := func(e effect, apps ...string) {
		var list []judge.Wait
		for _, app := range apps {
			list = append(list, judge.Wait{App: app})
		}
		q.add(&session.Session{}, e, list)
	}
	want := func(app string, want ...string) {
		t.Helper()
		got := q.on(app)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("for %s wait %q, want %q", app, got, want)
		}
	}
	needs(board("staging"), "feed", "mail")
	needs(board("production"), "feed")
	needs(effect{app: "desk", environment: "staging"}, "feed")
	want("feed", "board", "board", "desk")
	want("mail", "board")
	needs(board("staging"), "mail")
	want("feed", "board", "desk")
	q.done(board("staging"))
	q.done(board("staging"))
	want("mail")
	q.done(board("production"))
	q.done(effect{app: "desk", environment: "staging"})
	if len(q.needs)+len(q.waiting) != 0 {
		t.Errorf("something is kept of what waits no longer: %v, %v", q.needs, q.waiting)
	}
}
