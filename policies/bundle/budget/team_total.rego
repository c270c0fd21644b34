# METADATA
# scope: package
# title: A team's apps stay within the team's budget
# description: >-
#   All apps of a team together may cost only so much. When that is used up, a
#   new app or a higher budget has to wait until another app needs less. Apps
#   whose budget stays as it was are left alone.
# custom:
#   id: budget.team-total
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Lower a budget, retire an app of the team, or ask for a higher team budget.
#   controls: ["soc2:CC3.2", "iso27001:A.5.4"]
package levee.rules.budget.team_total

import data.levee.lib

problem contains {"field": "spec.budget.monthly", "message": message, "remedy": remedy} if {
	facts := input.facts.catalog
	facts.teamTotal > facts.teamLimit
	asked := input.app.spec.budget.monthly
	asked > before
	lib.live
	message := sprintf("With this budget the apps of the team `%s` may cost `%v` a month together, more than the `%v` they may.", [input.app.spec.owner.team, facts.teamTotal, facts.teamLimit])
	remedy := lib.lower(asked, facts.teamTotal - facts.teamLimit)
}

# before is what the app already counted for in its team.
before := input.admitted.spec.budget.monthly if {
	input.admitted.spec.lifecycle.stage != "retired"
	input.admitted.spec.owner.team == input.app.spec.owner.team
} else := 0
