package policies

import (
	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies/consistency"
	"github.com/levee-gitops/levee/policies/rego"
)

// Rules of the program itself about governance and removed apps. Settings and waivers do
// not apply to them.
const (
	// GovernanceRides is the rule of a change of governance that comes with apps.
	GovernanceRides = "governance.rides"
	removesRunning  = "change.removes-running"
)

// ProgramRules describes the rules of this package that are not written in Rego.
var ProgramRules = []catalog.ProgramRule{
	{ID: removesRunning, Title: "What runs is not taken away with its folder", About: "apps/…/",
		Description: "An app whose folder is gone goes on running, and nobody sees it any more. So it is retired first, and its folder taken away once it is down."},
	{ID: consistency.Complete, Title: "There are settings and people", About: "catalog.yaml, roles.yaml",
		Description: "Nothing can be judged without the settings, and nobody asked without the list of people. Both files have to be there."},
	{ID: consistency.Consistent, Title: "What governance names exists", About: "roles.yaml, catalog.yaml, vendors/, waivers/",
		Description: "Members of teams, holders of roles and approvers of vendors are people of the list; a key or an account proves one person and no other; somebody holds each role that is asked."},
	{ID: consistency.NoEffect, Title: "What is written in governance does something", About: "every file outside of apps/",
		Description: "A misspelt setting looks like protection and is none. What nothing can ever match is a warning where it stands, and is refused in a change that writes it."},
	{ID: DrillDue, Title: "Kill switches are tried", About: "catalog.yaml (lifecycle.drills)",
		Description: "A kill switch that nobody tried may not work when it is needed. What runs at medium or high risk is drilled every quarter, or as often as the settings say; a drill that is due is a warning and stops nothing."},
	{ID: GovernanceRides, Title: "Governance does not ride with apps", About: "the change as a whole",
		Description: "What judges an app must not arrive with it, lest an app brings its own permission. The two are asked for in two changes."},
	{ID: rego.Unreadable, Title: "Rules can be read", About: "policies/",
		Description: "A file of the organisation's own rules that does not compile, lacks its annotation or fails its tests is not in force. All others are."},
}
