package reconcilertest

import (
	"context"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/contain"
	"github.com/levee-gitops/levee/reconciler/deploy"
	"github.com/levee-gitops/levee/reconciler/rollback"
	"github.com/levee-gitops/levee/reconciler/thaw"
)

// Quarantine contains an app. by is who does, as it goes on record.
func (w *World) Quarantine(app, reason, by string) contain.Contained {
	w.T.Helper()
	done, err := w.TryQuarantine(app, reason, by)
	w.must(err)
	return done
}

// TryQuarantine is Quarantine where it may fail.
func (w *World) TryQuarantine(app, reason, by string) (contain.Contained, error) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	return p.Contain.Quarantine(w.T.Context(), app, reason, by)
}

// Throttle has an app run on with less.
func (w *World) Throttle(app, reason, by string) contain.Contained {
	w.T.Helper()
	done, err := w.TryThrottle(app, reason, by)
	w.must(err)
	return done
}

// TryThrottle is Throttle where it may fail.
func (w *World) TryThrottle(app, reason, by string) (contain.Contained, error) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	return p.Contain.Throttle(w.T.Context(), app, reason, by)
}

// Release brings back apps that were contained, or taken down, or ends a throttle.
func (w *World) Release(reason, by string, apps ...string) (done []contain.Contained) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	for _, app := range apps {
		one, err := p.Contain.Release(w.T.Context(), app, reason, by)
		w.must(err)
		done = append(done, one)
	}
	return done
}

// TryRelease is Release of one app where it may fail.
func (w *World) TryRelease(app, reason, by string) (contain.Contained, error) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	return p.Contain.Release(w.T.Context(), app, reason, by)
}

// Rollback goes back to the content that was admitted before, as ana.
func (w *World) Rollback(app, reason string) rollback.Done {
	w.T.Helper()
	done, err := w.TryRollback(app, "", reason)
	w.must(err)
	return done
}

// TryRollback is Rollback where it may fail: to the digest that begins with to, or by
// default to the last.
func (w *World) TryRollback(app, to, reason string) (rollback.Done, error) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	return p.Rollback.Back(w.T.Context(), app, to, reason, "ana")
}

// Plan is what the next pass would do in the target.
func (w *World) Plan() []deploy.Planned {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	plan, err := p.Deploy.Plan(w.T.Context(), p.Session())
	w.must(err)
	return plan
}

// Govern pushes governance and has the root key admit it.
func (w *World) Govern(files Files) {
	w.T.Helper()
	w.Push(files)
	w.Pass()
	w.AdoptGovernance("the test wants it")
	w.Pass()
}

// AdoptGovernance has the root key admit the governance that landed.
func (w *World) AdoptGovernance(reason string) {
	w.T.Helper()
	ctx, p := w.T.Context(), w.start(nil)
	defer p.Close()
	view, err := p.Ledger.Refresh(ctx)
	w.must(err)
	main := view.Root().Main
	files, err := p.Repo.Files(ctx, main)
	w.must(err)
	s, err := catalog.Load(ctx, files, main, catalog.Empty())
	w.must(err)
	keep, err := chain.KeepGovernance(ctx, files)
	w.must(err)
	_, err = p.Ledger.Adopt(ctx, w.Now(), ledger.Adoption{Governance: s.GovernanceDigest(), Reason: reason}, w.Keys["root"].Signer, keep...)
	w.must(err)
}

// AdoptMain has the root key accept a tip of the catalog's branch.
func (w *World) AdoptMain(main catalog.Commit, reason string) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	_, err := p.Ledger.Adopt(w.T.Context(), w.Now(), ledger.Adoption{Main: main, Reason: reason}, w.Keys["root"].Signer)
	w.must(err)
}

// Leave makes people leave, by a change of governance that the platform agreed to.
func (w *World) Leave(people ...string) {
	w.T.Helper()
	roles := w.Remote.Read("main", "roles.yaml")
	for _, person := range people {
		roles = strings.Replace(roles, person+": {name: "+person+",", person+": {name: "+person+", left: true,", 1)
	}
	w.Publish("eve", "leave", Files{"roles.yaml": roles})
	w.Pass()
	w.Approve("chris", "leave")
	w.Pass()
	w.WantTold("landed as")
}

// Drill tries the kill switch of an app, as ana. said is what it says while it does.
func (w *World) Drill(ctx context.Context, app string, within time.Duration) (done contain.Drilled, said []string, err error) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	done, err = p.Contain.Drill(ctx, app, "ana", within, func(step string) { said = append(said, step) })
	return done, said, err
}

// Thaw lets an app in during a freeze, as ana.
func (w *World) Thaw(app, environment, reason string) (thaw.Done, error) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	return p.Reconciler.Thaw.Thaw(w.T.Context(), app, environment, reason, "ana")
}
