# METADATA
# scope: package
# title: Apps use approved language models
# description: >-
#   What is sent to a language model leaves the app, and what comes back may be
#   wrong. Only models whose provider and behaviour somebody has looked at may
#   be used.
# custom:
#   id: models.approved
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Use a language model that the catalog allows.
#   controls: ["soc2:CC9.2", "iso27001:A.5.19", "iso27001:A.5.23"]
package levee.rules.models.approved

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some model in input.app.spec.models
	not model.name in data.settings.limits.models
	lib.live
	field := concat("", [lib.item("models", model.name), ".name"])
	message := sprintf("The language model `%s` is not among those the catalog allows.", [model.name])
	remedy := lib.better(lib.in_models, model.name, advice(data.settings.limits.models))
}

advice(models) := sprintf("Write %s.", [lib.either(models)]) if count(models) > 0

else := "Do without a language model, or ask the platform team to allow one; so far there is none."
