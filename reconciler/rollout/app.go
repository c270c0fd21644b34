package rollout

import (
	"context"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/judge"
)

// standing is where the newest content of an app stands: forge.Success where all of it runs
// as it should, Failure where somebody has to do something, else Pending.
type standing struct {
	app    string
	state  forge.State
	reason string
}

// standingOf looks at one app. An error means that it cannot be told.
func standingOf(ctx context.Context, b *judge.Judge, v *chain.View, name string) (standing, error) {
	at := func(state forge.State, format string, args ...any) (standing, error) {
		return standing{name, state, fmt.Sprintf(format, args...)}, nil
	}
	state, _ := v.App(name)
	a, ok, err := b.Admitted(ctx, v, name)
	switch {
	case err != nil:
		return standing{}, fmt.Errorf("look at how far %s has come: %w", name, err)
	case state.Held != nil:
		return at(forge.Failure, "what landed may not run; see `levee status %s`", name)
	case state.Quarantine != nil:
		return at(forge.Failure, "it is contained: %s", state.Quarantine.Reason)
	case state.Stage == ledger.Disabled:
		return at(forge.Failure, "it is disabled")
	case !ok:
		return at(forge.Pending, "nothing of it is admitted")
	}
	next := map[string]judge.Promotion{}
	for _, step := range b.Promotions(state, a.Document) {
		next[string(step.To.Name)] = step
	}
	zone := b.Rules.Settings().Location()
	for _, env := range b.Environments().Reach(state, a.Document.App()) {
		admitted, ok := state.Admitted[string(env.Name)]
		if !ok || admitted.Digest != a.Newest.Digest {
			step, ok := next[string(env.Name)]
			switch when := step.At.In(zone).Format("2006-01-02 15:04 MST"); {
			case !ok:
				return at(forge.Pending, "it has not come to %s", env.Name)
			case step.Held != "":
				return at(forge.Failure, "it stays in %s, because %s", step.From.Name, step.Held)
			case step.Frozen != "":
				return at(forge.Pending, "%s is frozen (%s) and takes it at %s", env.Name, step.Frozen, when)
			default:
				return at(forge.Pending, "it soaks in %s and goes on to %s at %s", step.From.Name, env.Name, when)
			}
		}
		if s := running(name, v, a.Document, env, state.Applied[string(env.Name)], admitted, zone); s.state != forge.Success {
			return s, nil
		}
	}
	return at(forge.Success, "it runs everywhere it goes")
}

// running is how admitted content does in one environment.
func running(name string, v *chain.View, doc *catalog.Document, env settings.Environment, applied ledger.Applied, admitted ledger.Admitted, zone *time.Location) standing {
	at := func(state forge.State, format string, args ...any) standing {
		return standing{name, state, fmt.Sprintf(format, args...)}
	}
	switch h := applied.Health; {
	case applied.Admission != admitted.Seq:
		if waits := judge.Waits(v, doc, string(env.Name)); len(waits) > 0 {
			return at(forge.Pending, "it waits in %s for %s", env.Name, waits[0])
		}
		return at(forge.Pending, "it is being applied in %s", env.Name)
	case applied.Outcome == ledger.OutcomeFailed:
		return at(forge.Failure, "it could not be applied in %s: %s", env.Name, applied.Error)
	case !h.Told() || h.State == ledger.HealthReady:
		return at(forge.Success, "")
	case h.State == ledger.HealthFailing:
		return at(forge.Failure, "it fails in %s: %s", env.Name, h.Reason)
	case h.Shared(zone) != "":
		return at(forge.Pending, "in %s %s", env.Name, h.Shared(zone))
	default:
		return at(forge.Pending, "it is %s in %s: %s", h.State, env.Name, h.Reason)
	}
}
