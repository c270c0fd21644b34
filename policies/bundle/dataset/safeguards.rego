# METADATA
# scope: package
# title: Data is masked and replaced by tokens as its owner asks
# description: >-
#   Whoever owns a data set says, by kind of sensitive data, how much of it apps
#   hide from their users and whether they get tokens in place of values. An app
#   says that it does so.
# custom:
#   id: dataset.safeguards
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Declare the masking and the tokens that the data set's owner asks for.
#   controls: ["soc2:C1.1", "iso27001:A.8.11", "gdpr:Art.25", "gdpr:Art.32"]
package levee.rules.dataset.safeguards

import data.levee.lib

masked := {"none": 0, "partial": 1, "full": 2}

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some use in input.app.spec.data
	asked := [level | level := masked[lib.catalogued[use.dataset].safeguards[_].masking]]
	masked[use.masking] < max(asked)
	lib.live
	some word, level in masked
	level == max(asked)
	field := concat("", [lib.item("data", use.dataset), ".masking"])
	message := sprintf("The owner of the data set `%s` asks for `%s` masking; the app declares `%s`.", [use.dataset, word, use.masking])
	remedy := sprintf("Write `masking: %s`.", [word])
}

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some use in input.app.spec.data
	asked := {s.category | some s in lib.catalogued[use.dataset].safeguards; s.tokenised}
	declared := {category | some category in use.tokenised}
	missing := asked - declared
	count(missing) > 0
	lib.live
	field := concat("", [lib.item("data", use.dataset), ".tokenised"])
	message := sprintf("The owner of the data set `%s` asks for tokens in place of %s, and the app does not declare them.", [use.dataset, lib.quoted(missing)])
	remedy := sprintf("Write `tokenised: [%s]`.", [concat(", ", asked | declared)])
}
