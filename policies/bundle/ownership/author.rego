# METADATA
# scope: package
# title: The owner agrees to what others change
# description: >-
#   Members of the owning team change their app themselves. When anybody else
#   asks for a change, retires the app or names somebody as the owner of a new
#   one, the owner or the fallback must agree.
# custom:
#   id: ownership.author
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask the owner of the app to review the change.
#   controls: ["soc2:CC6.3", "soc2:CC8.1", "iso27001:A.5.15", "iso27001:A.8.32"]
package levee.rules.ownership.author

import data.levee.lib

approval contains {"role": "owner", "reason": reason} if {
	author := input.facts.author
	person := author.person
	not at_home(person)
	lib.changed
	reason := sprintf("the change comes from %s, who is not of the team `%s`", [called(author), input.app.spec.owner.team])
}

at_home(person) if person == input.app.spec.owner.person

at_home(person) if person == input.app.spec.owner.fallback

at_home(person) if person in input.refs.owner.team.members

called(author) := sprintf("`%s`", [author.person]) if {
	author.person != ""
} else := "a bot" if {
	author.bot
} else := "somebody unknown"
