# METADATA
# scope: package
# title: Prototypes keep to the vendors of their blueprint
# description: >-
#   A prototype tries out an idea. The vendors that its blueprint approves
#   beforehand do for that; another one gets data of the company before anybody
#   has looked at the app.
# custom:
#   id: lifecycle.prototype-vendors
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Use a vendor that the blueprint approves, or ask for the stage `approved`.
#   controls: ["soc2:CC9.2", "iso27001:A.5.19", "iso27001:A.8.31"]
package levee.rules.lifecycle.prototype_vendors

import data.levee.lib

problem contains {"field": field, "message": message} if {
	input.app.spec.lifecycle.stage == "prototype"
	some use in input.app.spec.integrations
	not lib.beforehand[use.vendor]
	field := lib.item("integrations", use.vendor)
	message := sprintf("This app is a prototype, and its blueprint does not approve the vendor `%s` beforehand.", [use.vendor])
}
