package settings

import (
	"slices"

	"github.com/levee-gitops/levee/catalog/scalar"
)

// Training is what is asked of people who own and approve apps. What counts stands in
// roles.yaml: their certifications, through the last day, since when they build apps, and
// what the directory knows of them.
type Training struct {
	Owners    []scalar.Name   `json:"owners" levee:"set,max=8,default=secrets-and-gates" doc:"Courses of whoever owns an app."`
	Approvers []scalar.Name   `json:"approvers" levee:"set,max=8" doc:"Courses of whoever approves apps with confidential or restricted data; an approval by somebody without them does not count there."`
	Buddy     scalar.Duration `json:"buddy" doc:"How long new owners have a buddy; nobody needs one where it is left out."`
	MFA       bool            `json:"mfa" doc:"Whether owners must be asked for a second factor when they sign in."`
}

// Rule changes one rule for this scalar.
type Rule struct {
	Enforcement string           `json:"enforcement" levee:"enum=deny|warn|dryrun|off,weak=dryrun|off" doc:"How hard the rule bites here."`
	Effective   scalar.Date      `json:"effective" doc:"The day from which it bites; before that it only warns."`
	Grace       *scalar.Duration `json:"grace" doc:"How long apps that already run may go on breaking it."`
	OnRunning   string           `json:"onRunning" levee:"enum=grace|contain" doc:"contain: an app that breaks it is quarantined at once."`
	Where       []ScopedRule     `json:"where" levee:"max=32" doc:"Other settings for some apps, such as a pilot with one team. The first entry that an app fits counts; what it leaves out is as for all other apps."`
}

// ScopedRule is the settings of one rule for some apps: those that each list it gives has.
type ScopedRule struct {
	Teams           []scalar.Name    `json:"teams" levee:"set,max=1000" doc:"Apps of these teams."`
	Stages          []string         `json:"stages" levee:"set,max=4,enum=prototype|approved|production|retired" doc:"Apps of these stages."`
	Classifications []string         `json:"classifications" levee:"set,max=4,enum=public|internal|confidential|restricted" doc:"Apps of these classifications."`
	Blueprints      []scalar.Name    `json:"blueprints" levee:"set,max=64" doc:"Apps built from these blueprints, of any version."`
	Enforcement     string           `json:"enforcement" levee:"enum=deny|warn|dryrun|off,weak=dryrun|off" doc:"How hard the rule bites for them."`
	Effective       scalar.Date      `json:"effective" doc:"The day from which it bites for them; before that it only warns."`
	Grace           *scalar.Duration `json:"grace" doc:"How long those of them that already run may go on breaking it."`
	OnRunning       string           `json:"onRunning" levee:"enum=grace|contain" doc:"contain: one of them that breaks it is quarantined at once."`
}

// Traits are what the settings of a rule can tell apps apart by. They come from the content
// that is judged, as its file gives them.
type Traits struct{ Team, Stage, Classification, Blueprint string }

// For is the settings for an app.
func (r Rule) For(app Traits) Rule {
	for _, w := range r.Where {
		if !w.fits(app) {
			continue
		}
		if w.Enforcement != "" {
			r.Enforcement = w.Enforcement
		}
		if w.Effective != "" {
			r.Effective = w.Effective
		}
		if w.Grace != nil {
			r.Grace = w.Grace
		}
		if w.OnRunning != "" {
			r.OnRunning = w.OnRunning
		}
		break
	}
	return r
}

// fits reports whether an app is in each list that is given.
func (w ScopedRule) fits(app Traits) bool {
	return !w.Everything() &&
		(len(w.Teams) == 0 || slices.Contains(w.Teams, scalar.Name(app.Team))) &&
		(len(w.Stages) == 0 || slices.Contains(w.Stages, app.Stage)) &&
		(len(w.Classifications) == 0 || slices.Contains(w.Classifications, app.Classification)) &&
		(len(w.Blueprints) == 0 || slices.Contains(w.Blueprints, scalar.Name(app.Blueprint)))
}

// Everything reports whether no list is given. Such an entry is a slip, and fits no app.
func (w ScopedRule) Everything() bool {
	return len(w.Teams)+len(w.Stages)+len(w.Classifications)+len(w.Blueprints) == 0
}
