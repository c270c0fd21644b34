# METADATA
# scope: package
# title: Calls to a model are limited
# description: >-
#   A mistake in a loop can call a language model thousands of times, and each
#   call costs money. A limit keeps the bill small.
# custom:
#   id: models.rate-limit
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: "Write `rateLimit: 60/min`, or how often the app may call the model."
#   controls: ["soc2:A1.1", "iso27001:A.8.6"]
package levee.rules.models.rate_limit

import data.levee.lib

problem contains {"field": field, "message": message} if {
	some model in input.app.spec.models
	not model.rateLimit
	lib.live
	field := concat("", [lib.item("models", model.name), ".rateLimit"])
	message := sprintf("Nothing limits how often this app calls the language model `%s`, so a mistake could become expensive.", [model.name])
}
