# METADATA
# scope: package
# title: Somebody takes over when the owner is gone
# description: >-
#   People change jobs and fall ill. An app in production needs a second person
#   who takes over then, and that must be somebody else who works here.
# custom:
#   id: ownership.fallback
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Name a colleague of the owner as fallback.
#   controls: ["soc2:CC1.3", "iso27001:A.5.2", "iso27001:A.5.30"]
package levee.rules.ownership.fallback

import data.levee.lib

problem contains {"field": "spec.owner.fallback", "message": message, "remedy": remedy} if {
	input.facts.reach.production
	not input.app.spec.owner.fallback
	remedy := lib.stand_in("")
	message := sprintf("Nobody takes over this app when its owner `%s` is gone.", [input.app.spec.owner.person])
}

problem contains {"field": "spec.owner.fallback", "message": message, "remedy": remedy} if {
	input.facts.reach.production
	fallback := input.app.spec.owner.fallback
	fallback == input.app.spec.owner.person
	remedy := lib.stand_in(fallback)
	message := sprintf("The owner `%s` is also the fallback, so nobody takes over when they are gone.", [fallback])
}

problem contains {"field": "spec.owner.fallback", "message": message, "remedy": remedy} if {
	input.facts.reach.production
	fallback := input.app.spec.owner.fallback
	not ready
	remedy := lib.stand_in(fallback)
	message := sprintf("The fallback `%s` is unknown, has left or is a bot, so nobody takes over when the owner is gone.", [fallback])
}

ready if lib.active(input.refs.owner.fallback)
