package reconciler

import "github.com/levee-gitops/levee/catalog"

// Rules of the program itself that are about changes and who makes them.
const (
	ruleUnknownAuthor = "change.unknown-author"
	ruleUnknownPusher = "change.unknown-pusher"
	ruleUnreadable    = "change.unreadable"
	ruleNameTaken     = "change.name-taken"
	ruleBehind        = "change.behind"
	ruleSchedule      = "catalog.schedule"
)

// ProgramRules lists the rules of this package, by id.
var ProgramRules = []catalog.ProgramRule{
	{ID: ruleSchedule, Title: "Scheduled reviews come to run", About: "spec.lifecycle.schedule of catalog.yaml",
		Description: "The times of scheduled reviews are read as a cron expression. Times that never come would let every app live for ever."},
	{ID: ruleBehind, Title: "A change builds on what stands", About: "the change as a whole",
		Description: "Where the same app was changed on the base branch meanwhile, one of the two would be lost unseen. The change takes over what stands there first."},
	{ID: ruleNameTaken, Title: "A name belongs to the app that has it", About: "metadata.name",
		Description: "A second folder with the name of an app would reach its data. The app that was there first keeps the name."},
	{ID: ruleUnknownAuthor, Title: "Somebody known asks", About: "the change as a whole",
		Description: "Whoever asks for a change is on the list of people, by an account or a key. Nobody else can answer for what is published."},
	{ID: ruleUnknownPusher, Title: "Everybody who had a hand is known", About: "the change as a whole",
		Description: "Nobody agrees to their own work; so each who wrote a part of it has to be known. Content from unknown hands could have been written by whoever agrees to it."},
	{ID: ruleUnreadable, Title: "A change can be read", About: "the change as a whole",
		Description: "Commits and folders that Git itself cannot read, or that programs read in different ways, are not judged."},
}
