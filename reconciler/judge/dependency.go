package judge

import (
	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// A Wait is an app that others need in an environment, and why it is not of use there yet.
type Wait struct{ App, Why string }

func (w Wait) String() string { return w.App + " (" + w.Why + ")" }

// Waits lists what new content of an app waits for in an environment before it is applied
// there: the apps of its dependsOn that do not run there, as they were admitted and well, as
// far as their health is told. What runs already goes on running, whatever becomes of them.
func Waits(v *chain.View, doc *catalog.Document, environment string) []Wait {
	app := doc.App()
	if app == nil {
		return nil
	}
	var list []Wait
	for _, name := range app.Spec.DependsOn {
		state, _ := v.App(string(name))
		if why := unready(state, environment); why != "" {
			list = append(list, Wait{App: string(name), Why: why})
		}
	}
	return list
}

// unready is why an app is of no use to others in an environment; empty where it is.
func unready(state ledger.App, environment string) string {
	admitted, ok := state.Admitted[environment]
	applied := state.Applied[environment]
	switch {
	case state.Quarantine != nil:
		return "it is contained"
	case IsDisabled(state):
		return "it is taken down"
	case !ok:
		return "it is not admitted there"
	case applied.Outcome == ledger.OutcomeFailed:
		return "it could not be applied there"
	case applied.Admission != admitted.Seq || applied.Disabled || state.Released.After(applied.At):
		return "it is not applied there yet"
	}
	_, why := readySince(applied)
	return why
}
