# METADATA
# scope: package
# title: Data is used where its owner allows
# description: >-
#   Whoever owns a data set says in which regions apps may use it. An app that uses
#   it runs in those regions alone, and says in which.
# custom:
#   id: dataset.regions
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Run the app in a region where its data may be used, or leave the data set out.
#   controls: ["soc2:C1.1", "iso27001:A.5.23", "iso27001:A.5.31", "gdpr:Art.44"]
package levee.rules.dataset.regions

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some name, allowed in bound
	some region in input.app.spec.runtime.regions
	not region in allowed
	lib.live
	field := lib.item("runtime.regions", region)
	message := sprintf("The app runs in `%s`, and the data set `%s` may only be used in %s.", [region, name, lib.quoted(allowed)])
	remedy := lib.better(lib.in_regions, region, sprintf("Run the app in %s, or leave the data set `%s` out.", [lib.either(allowed), name]))
}

# Where nothing is written, the app could run anywhere.
problem contains {"field": "spec.runtime.regions", "message": message, "remedy": remedy} if {
	input.app.spec.runtime.regions == []
	some name, allowed in bound
	lib.live
	message := sprintf("Nothing says in which region the app runs, and the data set `%s` may only be used in %s.", [name, lib.quoted(allowed)])
	remedy := lib.somewhere(allowed)
}

# bound maps the data sets that may not be used everywhere to where they may.
bound[name] := set.regions if {
	some name, set in lib.catalogued
	count(set.regions) > 0
}
