# METADATA
# scope: package
# title: Apps say who may use them
# description: >-
#   Not every colleague needs every app. An app that is not public names the
#   groups of people who may use it, and nobody else can. Scheduled apps have no
#   users.
# custom:
#   id: access.groups
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Name at least one group of people who may use the app.
#   controls: ["soc2:CC6.3", "iso27001:A.5.15", "iso27001:A.5.18"]
package levee.rules.access.groups

import data.levee.lib

problem contains {"field": "spec.access.groups", "message": message, "remedy": remedy} if {
	input.app.spec.access.groups == []
	input.app.spec.classification != "public"
	input.app.spec.runtime.type != "scheduled"
	lib.live
	remedy := sprintf("Write `groups: [%s]`, with the groups of people who may use the app.", [lib.like(lib.in_groups, "everyone")])
	message := sprintf("This app is classified `%s`, but nothing says which people may use it.", [input.app.spec.classification])
}
