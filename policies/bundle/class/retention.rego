# METADATA
# scope: package
# title: Sensitive data is not kept for ever
# description: >-
#   Data about people, money or health must be deleted when it is no longer
#   needed. An app says for each such data set how long it keeps it, and the
#   catalog sets the longest time allowed.
# custom:
#   id: class.retention
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Write down how long the app keeps the data, within the time allowed.
#   controls: ["soc2:C1.2", "iso27001:A.8.10", "gdpr:Art.5"]
package levee.rules.class.retention

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some data_set in input.app.spec.data
	count(lib.holds[data_set.dataset]) > 0
	not data_set.retention
	lib.live
	field := concat("", [lib.item("data", data_set.dataset), ".retention"])
	message := sprintf("The data set `%s` holds sensitive data, but nothing says how long the app keeps it.", [data_set.dataset])
	remedy := sprintf("Write `retention: %s`, or a shorter time.", [lib.span(lib.longest[data_set.dataset])])
}

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some data_set in input.app.spec.data
	count(lib.holds[data_set.dataset]) > 0
	data_set.retention > lib.limit("retention")
	lib.live
	field := concat("", [lib.item("data", data_set.dataset), ".retention"])
	message := sprintf("The app keeps the sensitive data set `%s` for `%s`, longer than allowed.", [data_set.dataset, lib.span(data_set.retention)])
	remedy := sprintf("Write `%s`, or a shorter time.", [lib.span(lib.longest[data_set.dataset])])
}
