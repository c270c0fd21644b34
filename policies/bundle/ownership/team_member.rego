# METADATA
# scope: package
# title: The owner belongs to the team that owns the app
# description: >-
#   An app belongs to a team, which pays for it and is asked about it. The team
#   must exist and the owner must be one of its members, so that approvals and
#   costs end up where the app is known.
# custom:
#   id: ownership.team-member
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Name a team that exists and that the owner belongs to.
#   controls: ["soc2:CC1.3", "iso27001:A.5.2", "iso27001:A.5.9"]
package levee.rules.ownership.team_member

import data.levee.lib

problem contains {"field": "spec.owner.team", "message": message, "remedy": remedy} if {
	not input.refs.owner.team.id
	lib.live
	remedy := lib.better(lib.in_teams, input.app.spec.owner.team, "Name a team of the catalog.")
	message := sprintf("The team `%s` is not on the catalog's list of teams, so nobody pays for this app or knows it.", [input.app.spec.owner.team])
}

# An unknown owner is the business of ownership.owner-active.
problem contains {"field": field, "message": message, "remedy": remedy} if {
	team := input.refs.owner.team.id
	person := input.refs.owner.person
	not team in person.teams
	lib.live
	message := sprintf("The owner `%s` is not a member of the team `%s` that this app belongs to.", [person.id, team])
	field := lib.misplaced(person.id)
	remedy := lib.team_or_owner(team, person.id)
}
