# METADATA
# scope: package
# title: Sensitive data is filtered before a model sees it
# description: >-
#   What a person types, or a data set holds, may go to a language model word by
#   word. An app that touches sensitive data masks it on the way, or rejects
#   what holds any.
# custom:
#   id: models.prompt-filter
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: "Have sensitive data masked or rejected on its way to the model, and write `filter: mask` or `filter: reject`."
#   controls: ["soc2:C1.1", "iso27001:A.8.11", "iso27001:A.8.12", "gdpr:Art.25"]
package levee.rules.models.prompt_filter

import data.levee.lib

problem contains {"field": field, "message": message} if {
	some model in input.app.spec.models
	model.filter == "none"
	count(lib.categories) > 0
	lib.live
	field := concat("", [lib.item("models", model.name), ".filter"])
	message := sprintf("This app touches sensitive data (%s), and nothing keeps it from the language model `%s`.", [lib.quoted(lib.categories), model.name])
}
