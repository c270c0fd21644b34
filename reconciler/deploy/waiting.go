package deploy

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/work"
)

// waiting is an app whose new content waits for others.
type waiting struct {
	app string
	on  []string
}

// waits are the effects that wait for other apps.
type waits struct {
	waiting map[string]waiting // by effect
	agenda  *work.Agenda
	log     *slog.Logger
}

// waitAgain is when an app that waits for others is looked at whatever happened: what it
// waits for is remembered by this process only.
const waitAgain = time.Minute

// waitsFor lists what an effect waits for. What the target has already, and what shall not run,
// waits for nobody.
func waitsFor(s *session.Session, e effect, state ledger.App) []judge.Wait {
	if e.object.Disabled || state.Applied[e.environment].Admission == e.object.Fence.Admission {
		return nil
	}
	return judge.Waits(s.View, e.doc, e.environment)
}

// add has an effect wait until what it needs is ready.
func (q *waits) add(s *session.Session, e effect, needs []judge.Wait) {
	w := waiting{app: e.app}
	var words []string
	for _, one := range needs {
		w.on, words = append(w.on, one.App), append(words, one.String())
	}
	if before, known := q.waiting[e.key()]; !known || !slices.Equal(before.on, w.on) {
		q.log.Info("an app waits for others before it is applied", "app", e.app, "environment", e.environment, "for", strings.Join(words, "; "))
	}
	q.waiting[e.key()] = w
	q.agenda.TryAgain(e.app, s.Now.Add(waitAgain))
}

// done lets an effect wait no longer.
func (q *waits) done(e effect) { delete(q.waiting, e.key()) }

// on lists the apps that wait for one.
func (q *waits) on(app string) []string {
	var list []string
	for _, w := range q.waiting {
		if slices.Contains(w.on, app) {
			list = append(list, w.app)
		}
	}
	return list
}
