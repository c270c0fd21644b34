# METADATA
# scope: package
# title: Apps stay small
# description: >-
#   A small app needs little, and limits keep a mistake from taking resources
#   from others or running up a bill. What needs more than the catalog allows
#   should be looked after by engineers.
# custom:
#   id: runtime.limits
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask for less, or hand the app over to an engineering team.
#   controls: ["soc2:A1.1", "iso27001:A.8.6"]
package levee.rules.runtime.limits

import data.levee.lib

problem contains {"field": "spec.runtime.cpu", "message": message, "remedy": remedy} if {
	asked := input.app.spec.runtime.cpu
	most := data.settings.limits.cpu
	asked > most
	lib.live
	message := sprintf("This app asks for `%s` of processor, more than the `%s` an app may have.", [lib.cores(asked), lib.cores(most)])
	remedy := sprintf("Write `%s` or less.", [lib.cores(most)])
}

problem contains {"field": "spec.runtime.memory", "message": message, "remedy": remedy} if {
	asked := input.app.spec.runtime.memory
	most := data.settings.limits.memory
	asked > most
	lib.live
	message := sprintf("This app asks for `%s` of memory, more than the `%s` an app may have.", [lib.size(asked), lib.size(most)])
	remedy := sprintf("Write `%s` or less.", [lib.size(most)])
}

# No time at all would mean no limit, so that is too long as well.
problem contains {"field": "spec.runtime.timeout", "message": message, "remedy": remedy} if {
	not in_time
	lib.live
	most := lib.span(lib.limit("timeout"))
	message := too_long(object.get(input.app.spec.runtime, "timeout", 0), most)
	remedy := sprintf("Write `%s` or less.", [most])
}

in_time if input.app.spec.runtime.timeout <= data.settings.limits.timeout

too_long(0, _) := "Nothing ends a run of this app that hangs."

too_long(asked, most) := sprintf("One run of this app may take `%s`, more than the `%s` allowed.", [lib.span(asked), most]) if asked > 0

problem contains {"field": "spec.runtime.concurrency", "message": message, "remedy": remedy} if {
	asked := input.app.spec.runtime.concurrency
	most := data.settings.limits.concurrency
	asked > most
	lib.live
	message := sprintf("This app runs `%d` requests at once, more than the `%d` allowed.", [asked, most])
	remedy := sprintf("Write `%d` or less.", [most])
}
