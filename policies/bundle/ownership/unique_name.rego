# METADATA
# scope: package
# title: No two apps share a name
# description: >-
#   Everything an app owns carries its name, from its address to its secrets.
#   Two apps with one name could reach each other's data, and a name that is
#   used again would mix up two histories.
# custom:
#   id: ownership.unique-name
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Choose a name that no other app has.
#   controls: ["soc2:CC6.1", "iso27001:A.5.9"]
package levee.rules.ownership.unique_name

import data.levee.lib

problem contains {"field": "metadata.name", "message": message} if {
	others := input.facts.catalog.sameName
	count(others) > 0
	message := sprintf("The name `%s` is also taken by %s, so the two apps could reach each other's data.", [input.app.metadata.name, lib.quoted(others)])
}
