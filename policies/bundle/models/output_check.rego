# METADATA
# scope: package
# title: A model's answer is better checked
# description: >-
#   Language models make things up, and people believe what an app tells them.
#   Even where an app only shows what the model says, a check spares wrong
#   decisions. This is a reminder.
# custom:
#   id: models.output-check
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: "Write `validator: allow-list`; or `schema` for a fixed form, or `human` where a person checks."
#   controls: ["iso27001:A.8.26"]
package levee.rules.models.output_check

import data.levee.lib

# Where the app can change data, models.validated asks.
problem contains {"field": field, "message": message} if {
	some model in input.app.spec.models
	model.validator == "none"
	not lib.writes
	lib.live
	field := concat("", [lib.item("models", model.name), ".validator"])
	message := sprintf("Nothing checks what the language model `%s` says before people see it.", [model.name])
}
