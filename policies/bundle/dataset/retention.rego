# METADATA
# scope: package
# title: Data is kept no longer than its owner allows
# description: >-
#   Whoever owns a data set says how long apps may keep it. An app keeps it as long
#   or shorter, and says so.
# custom:
#   id: dataset.retention
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Write a time that the data set's owner allows.
#   controls: ["soc2:C1.2", "iso27001:A.8.10", "gdpr:Art.5"]
package levee.rules.dataset.retention

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some use in input.app.spec.data
	allowed := lib.catalogued[use.dataset].retention
	use.retention > allowed
	lib.live
	field := concat("", [lib.item("data", use.dataset), ".retention"])
	message := sprintf("The app keeps the data set `%s` for `%s`; its owner allows `%s`.", [use.dataset, lib.span(use.retention), lib.span(allowed)])
	remedy := sprintf("Write `%s`, or a shorter time.", [lib.span(allowed)])
}

# Where it holds sensitive data, class.retention asks for the time.
problem contains {"field": field, "message": message, "remedy": remedy} if {
	some use in input.app.spec.data
	allowed := lib.catalogued[use.dataset].retention
	not use.retention
	count(lib.holds[use.dataset]) == 0
	lib.live
	field := concat("", [lib.item("data", use.dataset), ".retention"])
	message := sprintf("Nothing says how long the app keeps the data set `%s`; its owner allows `%s`.", [use.dataset, lib.span(allowed)])
	remedy := sprintf("Write `retention: %s`, or a shorter time.", [lib.span(allowed)])
}
