# METADATA
# scope: package
# title: Names follow the custom of the catalog
# description: >-
#   A name that says whose an app is, or what it is built from, is found by
#   whoever looks for it. The settings list what names may look like; a catalog
#   that lists nothing takes any. An app keeps the name under which it was
#   admitted, since names are never used again.
# custom:
#   id: ownership.naming
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 90d
#   onRunning: grace
#   remedy: Choose a name that follows the custom; it is also the name of the folder.
#   controls: ["soc2:CC2.1", "iso27001:A.5.9"]
package levee.rules.ownership.naming

import data.levee.lib

problem contains {"field": "metadata.name", "message": message, "remedy": remedy} if {
	input.admitted == null
	count(customs) > 0
	every custom in customs {
		not glob.match(custom, [], input.app.metadata.name)
	}
	lib.live
	message := sprintf("The name `%s` does not look like %s.", [input.app.metadata.name, lib.either(customs)])
	remedy := sprintf("Choose a name like `%s`, for the app and its folder.", [lib.head(customs)])
}

# customs are the names of the settings for this app. What stands for more than a star in
# the settings stands for itself.
customs := [custom |
	some name in data.settings.limits.names
	plain := regex.replace(name, `[^a-z0-9{}*-]`, "")
	custom := replace(replace(plain, "{team}", input.app.spec.owner.team), "{blueprint}", blueprint)
]

blueprint := split(input.app.spec.blueprint, "@")[0]
