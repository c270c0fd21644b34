# METADATA
# scope: package
# title: The budget fits the blueprint
# description: >-
#   A blueprint says how costly what is built from it is: micro, moderate or
#   high. The settings say up to which budget that goes. An app that needs more
#   is built from another blueprint, or split.
# custom:
#   id: budget.profile
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Lower the budget, or build the app from a blueprint of a higher cost profile.
#   controls: ["soc2:CC3.2", "iso27001:A.8.6"]
package levee.rules.budget.profile

import data.levee.lib

problem contains {"field": "spec.budget.monthly", "message": message, "remedy": remedy} if {
	profile := input.refs.blueprint.spec.cost
	most := data.settings.limits.profiles[profile]
	input.app.spec.budget.monthly > most
	lib.live
	message := sprintf("This app may cost `%v` a month; its blueprint has the cost profile `%s`, which goes up to `%v`.", [input.app.spec.budget.monthly, profile, most])
	remedy := sprintf("Write `%v` or less, or build the app from a blueprint of a higher cost profile.", [most])
}
