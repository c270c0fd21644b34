# METADATA
# scope: package
# title: Costs have an address
# description: >-
#   What an app costs is booked on its cost center, which is put on everything
#   the app owns. Without it the bill goes to whoever runs the platform.
# custom:
#   id: budget.cost-center
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Add the label `costCenter` with the team's cost center.
#   controls: ["soc2:CC1.3", "iso27001:A.5.9"]
package levee.rules.budget.cost_center

import data.levee.lib

problem contains {"field": "metadata.labels.costCenter", "message": "This app names no cost center, so nobody knows who pays for it.", "remedy": remedy} if {
	not named
	lib.live
}

remedy := sprintf("Write `costCenter: %s`, or what finance calls the one that pays.", [lib.like(lib.in_cost_centers, "cost-center")])

named if input.app.metadata.labels.costCenter != ""
