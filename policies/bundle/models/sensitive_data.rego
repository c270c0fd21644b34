# METADATA
# scope: package
# title: Care where a model may see sensitive data
# description: >-
#   An app that calls a language model and touches sensitive data may hand the
#   one to the other. So such an app counts as medium risk at least, and the
#   product owner looks at what the model is told.
# custom:
#   id: models.sensitive-data
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Keep sensitive data out of what the model is told.
#   controls: ["soc2:CC3.2", "iso27001:A.8.12", "gdpr:Art.25"]
package levee.rules.models.sensitive_data

import data.levee.lib

risk contains {"level": "medium", "reason": reason} if {
	some model in input.app.spec.models
	sensitive
	lib.live
	reason := sprintf("the language model `%s` may see sensitive data", [model.name])
}

sensitive if lib.closed

sensitive if count(lib.categories) > 0
