# METADATA
# scope: package
# title: The dates of an app are true
# description: >-
#   How long an app lives is counted from the day it was first asked for or last
#   renewed. Those days cannot lie ahead, and the first one never changes.
# custom:
#   id: lifecycle.dates
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Write the true days.
#   controls: ["soc2:CC8.1", "iso27001:A.5.9", "iso27001:A.5.33"]
package levee.rules.lifecycle.dates

problem contains {"field": "spec.lifecycle.created", "message": message, "remedy": remedy} if {
	created := input.app.spec.lifecycle.created
	created > input.today
	message := sprintf("This app is said to be first asked for on `%s`, which has not come yet.", [created])
	remedy := sprintf("Write `%s`, or the true day before it.", [input.today])
}

problem contains {"field": "spec.lifecycle.created", "message": message, "remedy": remedy} if {
	before := input.admitted.spec.lifecycle.created
	now := input.app.spec.lifecycle.created
	before != now
	message := sprintf("The day this app was first asked for changes from `%s` to `%s`, but it can never change.", [before, now])
	remedy := sprintf("Write `%s` again; to live longer, renew the app.", [before])
}

problem contains {"field": "spec.lifecycle.renewed", "message": message, "remedy": remedy} if {
	renewed := input.app.spec.lifecycle.renewed
	renewed > input.today
	message := sprintf("This app is said to be renewed on `%s`, which has not come yet.", [renewed])
	remedy := sprintf("Write `%s`, or the day of asking before it.", [input.today])
}

problem contains {"field": "spec.lifecycle.renewed", "message": message, "remedy": remedy} if {
	renewed := input.app.spec.lifecycle.renewed
	created := input.app.spec.lifecycle.created
	renewed < created
	message := sprintf("This app is said to be renewed on `%s`, before it was first asked for on `%s`.", [renewed, created])
	remedy := sprintf("Write `%s`, the day of asking; or remove the line.", [input.today])
}
