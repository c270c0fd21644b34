# METADATA
# scope: package
# title: Apps do not depend on retired apps
# description: >-
#   A retired app is switched off, and its data is put away. An app that needs
#   it would stop working.
# custom:
#   id: dependencies.retired
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Remove it, or ask the owner of the retired app to bring it back.
#   controls: ["soc2:A1.1", "iso27001:A.5.9"]
package levee.rules.dependencies.retired

import data.levee.lib

problem contains {"field": field, "message": message} if {
	some name, other in input.refs.dependencies
	other.stage == "retired"
	lib.live
	field := lib.item("dependsOn", name)
	message := sprintf("This app needs the app `%s`, which is retired and will not run.", [name])
}
