# METADATA
# scope: package
# title: Owners sign in with a second factor
# description: >-
#   Whoever takes over the account of an owner can change the app and answer for
#   it. A password alone is lost too easily. Where the settings ask for it, the
#   directory must be known to ask for a second factor; what is not known does
#   not count.
# custom:
#   id: ownership.second-factor
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: "Have the owner set up a second factor, and `mfa: true` added to the list of people."
#   controls: ["soc2:CC6.1", "iso27001:A.8.5"]
package levee.rules.ownership.second_factor

import data.levee.lib

problem contains {"field": "spec.owner.person", "message": message} if {
	data.settings.training.mfa
	lib.active(input.refs.owner.person)
	not input.refs.owner.person.mfa
	lib.live
	message := sprintf("It is not known that the owner `%s` signs in with a second factor.", [input.app.spec.owner.person])
}
