# METADATA
# scope: package
# title: Costly apps are agreed on
# description: >-
#   Most small apps cost little. One that may cost more than the catalog's
#   threshold is looked at by the people who watch costs.
# custom:
#   id: budget.threshold
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Lower the budget, or ask the cost team to agree.
#   controls: ["soc2:CC3.2", "iso27001:A.5.4"]
package levee.rules.budget.threshold

import data.levee.lib

approval contains {"role": role, "reason": reason} if {
	some role in data.settings.approvers.budget
	budget := input.app.spec.budget
	most := data.settings.limits.monthly
	budget.monthly > most
	lib.live
	reason := sprintf("the app may cost `%v %s` a month, more than `%v`", [budget.monthly, budget.currency, most])
}
