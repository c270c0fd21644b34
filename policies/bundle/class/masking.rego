# METADATA
# scope: package
# title: The most sensitive data is masked
# description: >-
#   Health data and credentials, or what the settings name, should not be shown in
#   full to everybody who may open the app. Hiding part of each value keeps the harm of a wrong look or a
#   screenshot small.
# custom:
#   id: class.masking
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: "Write `masking: partial`, or `masking: full` where nobody needs to see any of it."
#   controls: ["soc2:C1.1", "iso27001:A.8.11", "gdpr:Art.25"]
package levee.rules.class.masking

import data.levee.lib

problem contains {"field": field, "message": message} if {
	some data_set in input.app.spec.data
	data_set.masking == "none"
	some category in lib.holds[data_set.dataset]
	category in data.settings.data.masked
	lib.live
	field := concat("", [lib.item("data", data_set.dataset), ".masking"])
	message := sprintf("The `%s` data in `%s` is shown in full to everybody who may open the app.", [category, data_set.dataset])
}
