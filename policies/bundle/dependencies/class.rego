# METADATA
# scope: package
# title: Sensitive data does not seep through another app
# description: >-
#   An app that builds on one with more sensitive data may show some of it to
#   people who must not see it. The owner gets a reminder to look at what passes
#   between the two.
# custom:
#   id: dependencies.class
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Look at what the other app passes on; raise this app's classification if sensitive data is among it.
#   controls: ["soc2:C1.1", "iso27001:A.5.12", "iso27001:A.8.12"]
package levee.rules.dependencies.class

import data.levee.lib

problem contains {"field": field, "message": message} if {
	some name, other in input.refs.dependencies
	theirs := other.classification
	ours := input.app.spec.classification
	lib.rank[theirs] > lib.rank[ours]
	lib.live
	field := lib.item("dependsOn", name)
	message := sprintf("This app is classified `%s`, but builds on `%s`, whose data is `%s`.", [ours, name, theirs])
}
