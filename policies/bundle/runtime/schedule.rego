# METADATA
# scope: package
# title: A scheduled app says when it runs
# description: >-
#   A scheduled app does its work at certain times. Without them it would never
#   run, and nobody would notice. Nor would it at times that no clock knows.
# custom:
#   id: runtime.schedule
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: "Write `schedule: 0 7 * * 1` for Mondays at seven: minute, hour, day, month and weekday, with * for every one."
#   controls: ["soc2:A1.1", "iso27001:A.8.9"]
package levee.rules.runtime.schedule

import data.levee.lib

problem contains {"field": "spec.runtime.schedule", "message": "This app runs on a schedule, but nothing says when, so it would never run."} if {
	input.app.spec.runtime.type == "scheduled"
	not input.app.spec.runtime.schedule
	lib.live
}

problem contains {"field": "spec.runtime.schedule", "message": message} if {
	input.facts.schedule != ""
	lib.live
	message := sprintf("The times at which this app runs, `%s`, cannot be: the expression %s.", [input.app.spec.runtime.schedule, input.facts.schedule])
}
