package review

import "github.com/levee-gitops/levee/catalog"

// Rules of the program itself that are about changes as a whole.
const (
	ruleUnreadable = "change.unreadable"
	ruleBehind     = "change.behind"
)

// ProgramRules lists the rules of this package, by id.
var ProgramRules = []catalog.ProgramRule{
	{ID: ruleBehind, Title: "A change builds on what stands", About: "the change as a whole",
		Description: "Where the same app was changed on the base branch meanwhile, one of the two would be lost unseen. The change takes over what stands there first."},
	{ID: ruleUnreadable, Title: "A change can be read", About: "the change as a whole",
		Description: "Commits and folders that Git itself cannot read, or that programs read in different ways, are not judged."},
}
