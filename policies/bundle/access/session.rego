# METADATA
# scope: package
# title: A sign-in does not hold for long
# description: >-
#   Whoever finds an open screen can use the app for as long as the sign-in
#   holds. So it is renewed often, which the directory does without asking as
#   long as the person still works here. Apps on a low-code platform sign in as
#   the platform does.
# custom:
#   id: access.session
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Have the sign-in renewed more often.
#   controls: ["soc2:CC6.1", "iso27001:A.8.5"]
package levee.rules.access.session

import data.levee.lib

problem contains {"field": "spec.access.session", "message": message, "remedy": remedy} if {
	most := lib.limit("session")
	held := input.app.spec.access.session
	held > most
	input.app.spec.access.sso != "none"
	lib.live
	message := sprintf("A sign-in to this app holds for `%s`, longer than the `%s` allowed.", [lib.span(held), lib.span(most)])
	remedy := sprintf("Write `%s` or less.", [lib.span(most)])
}
