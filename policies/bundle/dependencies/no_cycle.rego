# METADATA
# scope: package
# title: Apps do not wait for each other in a ring
# description: >-
#   When each of several apps waits for another of them to run first, none can
#   ever start. One of them must do without the next.
# custom:
#   id: dependencies.no-cycle
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Remove it here, or another name in the ring.
#   controls: ["iso27001:A.8.9", "iso27001:A.8.27"]
package levee.rules.dependencies.no_cycle

import data.levee.lib

problem contains {"field": field, "message": message} if {
	ring := input.facts.catalog.cycle
	count(ring) > 0
	lib.live
	field := lib.item("dependsOn", ring[1 % count(ring)])
	message := sprintf("This app waits for itself: %s.", [concat(" needs ", [sprintf("`%s`", [name]) | some name in array.concat(ring, [ring[0]])])])
}
