# METADATA
# scope: package
# title: An app is classified as high as its data
# description: >-
#   Whoever owns a data set says how sensitive it is. An app that uses it must not
#   be classified lower, or what follows from the class would not hold for that
#   data.
# custom:
#   id: dataset.class
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Raise the classification to that of the data set, or leave the data set out.
#   controls: ["soc2:C1.1", "iso27001:A.5.12", "gdpr:Art.5"]
package levee.rules.dataset.class

import data.levee.lib

problem contains {"field": "spec.classification", "message": message, "remedy": remedy} if {
	class := input.app.spec.classification
	some name, set in lib.catalogued
	lib.rank[class] < lib.rank[set.classification]
	lib.live
	message := sprintf("The data set `%s` is classified `%s`, and the app that uses it only `%s`.", [name, set.classification, class])
	remedy := advice(name, set)
}

# A higher class does not open real data to a prototype.
advice(name, set) := sprintf("Leave the data set `%s` out: a prototype must not use it.", [name]) if {
	input.app.spec.lifecycle.stage == "prototype"
	not set.sandbox
} else := sprintf("Write `%s`, or leave the data set `%s` out.", [set.classification, name])
