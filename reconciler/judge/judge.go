package judge

import (
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/render"
)

// Judge is what apps are judged with in one pass: one governance, one state of
// the catalog's branch, one moment.
type Judge struct {
	Governing *catalog.Snapshot
	Rules     *policies.RuleSet
	Main      *catalog.Snapshot
	People    identity.Directory
	Now       time.Time
	FileURL   func(path string) string // where people edit a file; empty where there is no such place
	Render    *render.Source           // what apps become where they go
}

// Lifecycle is what the scheduled reviews read of the catalog.
func (j *Judge) Lifecycle() lifecycle.Catalog {
	return lifecycle.Catalog{Governing: j.Governing, Main: j.Main, Settings: j.Rules.Settings(), FileURL: j.FileURL}
}

// DocumentOf is the file that stands for an app in a snapshot: the one it was admitted
// from, wherever else its name is claimed, or where that is gone the first that claims
// it. It is nil where nobody does.
func (j *Judge) DocumentOf(s *catalog.Snapshot, state ledger.App, name string) *catalog.Document {
	for _, env := range j.Rules.Settings().Environments {
		if a, ok := state.Admitted[string(env.Name)]; ok {
			if d := s.Document(a.Path); d != nil && d.Kind == catalog.KindApp && d.Name == name {
				return d
			}
		}
	}
	return s.AppNamed(catalog.Name(name))
}

// First is the environment to which content is admitted first.
func (j *Judge) First() catalog.Environment { return j.Rules.Settings().Environments[0] }

// IsLast reports whether an environment is the one of production.
func (j *Judge) IsLast(env catalog.Environment) bool {
	environments := j.Rules.Settings().Environments
	return environments[len(environments)-1].Name == env.Name
}

// Reach lists the environments that content comes to, in order, by the stage it asks
// for. What is retired goes where the app is.
func (j *Judge) Reach(state ledger.App, app *catalog.App) []catalog.Environment {
	reach := j.Rules.Settings().Reach(app.Spec.Lifecycle.Stage)
	if app.Spec.Lifecycle.Stage != "retired" {
		return reach
	}
	first := j.First().Name
	return slices.DeleteFunc(reach, func(env catalog.Environment) bool {
		_, there := state.Admitted[string(env.Name)]
		return !there && env.Name != first
	})
}

// Before is the environment from which content of a stage goes on to another.
func (j *Judge) Before(environment, stage string) string {
	environments := j.Rules.Settings().Reach(stage)
	i := slices.IndexFunc(environments, func(e catalog.Environment) bool { return string(e.Name) == environment })
	return string(environments[max(0, i-1)].Name)
}

// LastAdmitted is the environment nearest to production that holds the app, and
// its admission there.
func (j *Judge) LastAdmitted(state ledger.App) (catalog.Environment, ledger.Admitted, bool) {
	for _, env := range slices.Backward(j.Rules.Settings().Environments) {
		if a, ok := state.Admitted[string(env.Name)]; ok {
			return env, a, true
		}
	}
	return catalog.Environment{}, ledger.Admitted{}, false
}

// IsDisabled reports whether an app is there and shall not run.
func IsDisabled(state ledger.App) bool {
	return state.Stage == ledger.Disabled || state.Stage == ledger.Archived
}
