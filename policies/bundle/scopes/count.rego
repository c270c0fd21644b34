# METADATA
# scope: package
# title: Apps hold few permissions
# description: >-
#   Each permission of an app is one more thing that can go wrong. An app that
#   needs many does too much for one small app.
# custom:
#   id: scopes.count
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Take out permissions the app does not need, or split the app.
#   controls: ["soc2:CC6.3", "iso27001:A.5.15", "iso27001:A.8.2"]
package levee.rules.scopes.count

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	held := count(input.app.spec.access.scopes)
	most := data.settings.limits.maxScopes
	held > most
	lib.live
	last := input.app.spec.access.scopes[held - 1]
	field := lib.item("access.scopes", last)
	message := sprintf("This app asks for `%d` permissions, more than the `%d` an app may have.", [held, most])
	remedy := sprintf("Remove `%s`, or another that the app needs less: it may have `%d`.", [last, most])
}
