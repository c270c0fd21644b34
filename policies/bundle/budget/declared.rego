# METADATA
# scope: package
# title: Every app has a budget
# description: >-
#   A small app should cost little, and a budget is how everybody notices when
#   it does not. Without one, nobody is told before the bill comes.
# custom:
#   id: budget.declared
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: "Write `budget: {monthly: 10}`, with what the app may cost in a month."
#   controls: ["soc2:A1.1", "iso27001:A.8.6"]
package levee.rules.budget.declared

import data.levee.lib

problem contains {"field": "spec.budget", "message": "Nobody has said what this app may cost in a month, so nobody is told when it costs too much."} if {
	not input.app.spec.budget
	lib.live
}
