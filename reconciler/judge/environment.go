package judge

import (
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// Environments tells where content of apps goes and where it is, by the settings that govern.
type Environments struct{ settings *settings.Settings }

// Environments are those of what governs.
func (j *Judge) Environments() Environments { return Environments{j.Rules.Settings()} }

// DocumentOf is the file that stands for an app in a snapshot: the one it was admitted
// from, wherever else its name is claimed, or where that is gone the first that claims
// it. It is nil where nobody does.
func (e Environments) DocumentOf(s *catalog.Snapshot, state ledger.App, name string) *catalog.Document {
	for _, env := range e.settings.Environments {
		if a, ok := state.Admitted[string(env.Name)]; ok {
			if d := s.Document(a.Path); d != nil && d.Kind == catalog.KindApp && d.Name == name {
				return d
			}
		}
	}
	return s.AppNamed(catalog.Name(name))
}

// First is the environment to which content is admitted first.
func (e Environments) First() settings.Environment { return e.settings.Environments[0] }

// isLast reports whether an environment is the one of production.
func (e Environments) isLast(env settings.Environment) bool {
	environments := e.settings.Environments
	return environments[len(environments)-1].Name == env.Name
}

// Reach lists the environments that content comes to, in order, by the stage it asks
// for. What is retired goes where the app is.
func (e Environments) Reach(state ledger.App, app *catalog.App) []settings.Environment {
	reach := e.settings.Reach(app.Spec.Lifecycle.Stage)
	if app.Spec.Lifecycle.Stage != "retired" {
		return reach
	}
	first := e.First().Name
	return slices.DeleteFunc(reach, func(env settings.Environment) bool {
		_, there := state.Admitted[string(env.Name)]
		return !there && env.Name != first
	})
}

// before is the environment from which content of a stage goes on to another.
func (e Environments) before(environment, stage string) string {
	environments := e.settings.Reach(stage)
	i := slices.IndexFunc(environments, func(env settings.Environment) bool { return string(env.Name) == environment })
	return string(environments[max(0, i-1)].Name)
}

// LastAdmitted is the environment nearest to production that holds the app, and
// its admission there.
func (e Environments) LastAdmitted(state ledger.App) (settings.Environment, ledger.Admitted, bool) {
	for _, env := range slices.Backward(e.settings.Environments) {
		if a, ok := state.Admitted[string(env.Name)]; ok {
			return env, a, true
		}
	}
	return settings.Environment{}, ledger.Admitted{}, false
}

// frozen says until when an environment is frozen for content at a moment; zero where it is
// not, or somebody broke the glass for this content.
func (e Environments) frozen(state ledger.App, doc *catalog.Document, env settings.Environment, at time.Time) lifecycle.Frozen {
	if state.Thawed[string(env.Name)] == doc.Digest() || doc.App() == nil {
		return lifecycle.Frozen{}
	}
	return lifecycle.FrozenAt(e.settings, env, doc.App().Spec.Classification, at)
}
