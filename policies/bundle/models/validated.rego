# METADATA
# scope: package
# title: A model's answer is checked before it changes data
# description: >-
#   Language models make things up. Where an app can change data, something must
#   check what the model says before the app acts on it, such as a list of
#   allowed actions or a person.
# custom:
#   id: models.validated
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: "Write `validator: allow-list`, of what the app may do; or `schema` for a fixed form, or `human` where a person checks."
#   controls: ["soc2:CC8.1", "iso27001:A.8.26", "gdpr:Art.22"]
package levee.rules.models.validated

import data.levee.lib

problem contains {"field": field, "message": message} if {
	some model in input.app.spec.models
	model.validator == "none"
	lib.writes
	lib.live
	field := concat("", [lib.item("models", model.name), ".validator"])
	message := sprintf("This app can change data, but nothing checks what the language model `%s` says before it acts.", [model.name])
}
