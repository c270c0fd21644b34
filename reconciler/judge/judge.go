package judge

import (
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/secretscan"
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
	Redactor  *secretscan.Redactor     // knows the secrets that were found
}

// Lifecycle is what the scheduled reviews read of the catalog.
func (j *Judge) Lifecycle() lifecycle.Catalog {
	return lifecycle.Catalog{Governing: j.Governing, Main: j.Main, Settings: j.Rules.Settings(), Zone: j.Rules.Zone(), FileURL: j.FileURL}
}

// IsDisabled reports whether an app is there and shall not run.
func IsDisabled(state ledger.App) bool {
	return state.Stage == ledger.Disabled || state.Stage == ledger.Archived
}
