package policies

import "github.com/levee-gitops/levee/catalog"

// Rules of the program itself about governance and removed apps. Settings and waivers do
// not apply to them.
const (
	governanceComplete   = "governance.complete"
	governanceConsistent = "governance.consistent"
	// NoEffect is the rule of things that are written and do nothing. It is a warning for
	// what stands already, and denies a change that writes it.
	NoEffect = "governance.no-effect"
	// GovernanceRides is the rule of a change of governance that comes with apps.
	GovernanceRides  = "governance.rides"
	removesRunning   = "change.removes-running"
	policyUnreadable = "schema.policy"
)

// ProgramRules describes the rules of this package that are not written in Rego.
var ProgramRules = []catalog.ProgramRule{
	{ID: removesRunning, Title: "What runs is not taken away with its folder", About: "apps/…/",
		Description: "An app whose folder is gone goes on running, and nobody sees it any more. So it is retired first, and its folder taken away once it is down."},
	{ID: governanceComplete, Title: "There are settings and people", About: "catalog.yaml, roles.yaml",
		Description: "Nothing can be judged without the settings, and nobody asked without the list of people. Both files have to be there."},
	{ID: governanceConsistent, Title: "What governance names exists", About: "roles.yaml, catalog.yaml, vendors/, waivers/",
		Description: "Members of teams, holders of roles and approvers of vendors are people of the list; a key or an account proves one person and no other; somebody holds each role that is asked."},
	{ID: NoEffect, Title: "What is written in governance does something", About: "every file outside of apps/",
		Description: "A misspelt setting looks like protection and is none. What nothing can ever match is a warning where it stands, and is refused in a change that writes it."},
	{ID: GovernanceRides, Title: "Governance does not ride with apps", About: "the change as a whole",
		Description: "What judges an app must not arrive with it, lest an app brings its own permission. The two are asked for in two changes."},
	{ID: policyUnreadable, Title: "Rules can be read", About: "policies/",
		Description: "A file of the organisation's own rules that does not compile, lacks its annotation or fails its tests is not in force. All others are."},
}
