# METADATA
# scope: package
# title: Every app has an owner who can answer for it
# description: >-
#   The owner is the person who is asked when the app misbehaves, expires or
#   costs too much. It must be somebody who is on the catalog's list of people,
#   still works here and is not a bot.
# custom:
#   id: ownership.owner-active
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Name an owner who works here and is on the catalog's list of people.
#   controls: ["soc2:CC1.3", "iso27001:A.5.2", "iso27001:A.5.9"]
package levee.rules.ownership.owner_active

import data.levee.lib

problem contains {"field": "spec.owner.person", "message": message, "remedy": remedy} if {
	not input.refs.owner.person.id
	lib.live
	remedy := lib.better(lib.in_people, input.app.spec.owner.person, "Name an owner who works here and is on the catalog's list of people.")
	message := sprintf("The owner `%s` is not on the catalog's list of people, so nobody answers for this app.", [input.app.spec.owner.person])
}

problem contains {"field": "spec.owner.person", "message": message, "remedy": remedy} if {
	input.refs.owner.person.left == true
	lib.live
	remedy := lib.better(lib.in_people, input.app.spec.owner.person, "Name an owner who works here and is on the catalog's list of people.")
	message := sprintf("The owner `%s` no longer works here, so nobody answers for this app.", [input.app.spec.owner.person])
}

problem contains {"field": "spec.owner.person", "message": message, "remedy": remedy} if {
	input.refs.owner.person.bot == true
	lib.live
	remedy := lib.better(lib.in_people, input.app.spec.owner.person, "Name an owner who works here and is on the catalog's list of people.")
	message := sprintf("The owner `%s` is a bot, and a bot cannot answer for this app.", [input.app.spec.owner.person])
}
