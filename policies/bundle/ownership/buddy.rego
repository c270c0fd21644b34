# METADATA
# scope: package
# title: New owners have somebody to ask
# description: >-
#   Whoever builds a first app has questions that no rule answers. For the time
#   that the settings say, an engineer is their buddy, and the list of people
#   says who. A catalog that says no time asks for nothing.
# custom:
#   id: ownership.buddy
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Have an engineer added as buddy of the owner to the list of people.
#   controls: ["soc2:CC1.4", "iso27001:A.6.3"]
package levee.rules.ownership.buddy

import data.levee.lib

problem contains {"field": "spec.owner.person", "message": message, "remedy": remedy} if {
	owner := input.refs.owner.person
	lib.active(owner)
	new(owner)
	alone(owner)
	lib.live
	message := sprintf("The owner `%s` builds apps here since `%s` and has no buddy yet.", [owner.id, owner.since])
	remedy := sprintf("Have `buddy` and the id of an engineer added to `%s` in the list of people; it is needed for `%s`.", [owner.id, lib.span(lib.limited("training", "buddy"))])
}

new(owner) if {
	owner.since != ""
	lib.seconds_since(owner.since) < lib.limited("training", "buddy")
}

alone(owner) if owner.buddy == ""

alone(owner) if owner.buddy == owner.id
