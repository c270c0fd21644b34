package deploy

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/work"
)

// waits are the effects that wait for other apps, by either side: every app that moved is
// asked for those that wait for it.
type waits struct {
	needs   map[string][]string          // the apps that an effect waits for, by its key
	waiting map[string]map[string]string // the apps that wait for an app, by the key of what waits
	agenda  *work.Agenda
	log     *slog.Logger
}

func newWaits(agenda *work.Agenda, log *slog.Logger) *waits {
	return &waits{needs: map[string][]string{}, waiting: map[string]map[string]string{}, agenda: agenda, log: log}
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
	var on, words []string
	for _, one := range needs {
		on, words = append(on, one.App), append(words, one.String())
	}
	if before, known := q.needs[e.key()]; !known || !slices.Equal(before, on) {
		q.log.Info("an app waits for others before it is applied", "app", e.app, "environment", e.environment, "for", strings.Join(words, "; "))
	}
	q.done(e)
	q.needs[e.key()] = on
	for _, app := range on {
		if q.waiting[app] == nil {
			q.waiting[app] = map[string]string{}
		}
		q.waiting[app][e.key()] = e.app
	}
	q.agenda.TryAgain(e.app, s.Now.Add(waitAgain))
}

// done lets an effect wait no longer.
func (q *waits) done(e effect) {
	for _, app := range q.needs[e.key()] {
		if delete(q.waiting[app], e.key()); len(q.waiting[app]) == 0 {
			delete(q.waiting, app)
		}
	}
	delete(q.needs, e.key())
}

// on lists the apps that wait for one, by each effect that does.
func (q *waits) on(app string) []string { return slices.Collect(maps.Values(q.waiting[app])) }
