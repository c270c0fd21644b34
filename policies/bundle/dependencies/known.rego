# METADATA
# scope: package
# title: Apps depend only on apps of the catalog
# description: >-
#   An app may need others to run first. Those must be in the catalog, or nobody
#   would notice when one of them ends.
# custom:
#   id: dependencies.known
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Name an app of the catalog, or take the name out.
#   controls: ["iso27001:A.5.9", "iso27001:A.8.9"]
package levee.rules.dependencies.known

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some name in input.app.spec.dependsOn
	not input.refs.dependencies[name].stage
	lib.live
	field := lib.item("dependsOn", name)
	remedy := lib.better(lib.in_apps, name, sprintf("Remove `%s`, or name an app of the catalog.", [name]))
	message := sprintf("This app needs the app `%s`, which is not in the catalog or cannot be read.", [name])
}
