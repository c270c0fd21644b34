package deploy

import (
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
)

// waiting is an app whose new content waits for others.
type waiting struct {
	app string
	on  []string
}

// waitAgain is when an app that waits for others is looked at whatever happened: what it
// waits for is remembered by this process only.
const waitAgain = time.Minute

// waits lists what an effect waits for. What the target has already, and what shall not run,
// waits for nobody.
func (d *Deployer) waits(s *session.Session, e effect, state ledger.App) []judge.Wait {
	if e.object.Disabled || state.Applied[e.environment].Admission == e.object.Fence.Admission {
		return nil
	}
	return judge.Waits(s.View, e.doc, e.environment)
}

// wait has an effect wait until what it needs is ready.
func (d *Deployer) wait(s *session.Session, e effect, waits []judge.Wait) {
	w := waiting{app: e.app}
	var words []string
	for _, one := range waits {
		w.on, words = append(w.on, one.App), append(words, one.String())
	}
	if before, known := d.waiting[e.key()]; !known || !slices.Equal(before.on, w.on) {
		d.Log.Info("an app waits for others before it is applied", "app", e.app, "environment", e.environment, "for", strings.Join(words, "; "))
	}
	d.waiting[e.key()] = w
	d.Work.Agenda.TryAgain(e.app, s.Now.Add(waitAgain))
}

// WaitingFor lists the apps that wait for one: they are to be looked at when anything was
// recorded of it.
func (d *Deployer) WaitingFor(app string) []string {
	var list []string
	for _, w := range d.waiting {
		if slices.Contains(w.on, app) {
			list = append(list, w.app)
		}
	}
	return list
}
