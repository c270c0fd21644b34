# METADATA
# scope: package
# title: What an app says is in its data is right
# description: >-
#   Whoever owns a data set says which kinds of sensitive data are in it. An app
#   need not repeat them; where it does, it must say the same, or its reviewers
#   would read something wrong.
# custom:
#   id: dataset.categories
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Write the kinds of sensitive data that the catalog says are in the data set.
#   controls: ["soc2:C1.1", "iso27001:A.5.12", "gdpr:Art.30"]
package levee.rules.dataset.categories

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some use in input.app.spec.data
	set := lib.catalogued[use.dataset]
	count(use.categories) > 0
	use.categories != set.categories
	lib.live
	field := concat("", [lib.item("data", use.dataset), ".categories"])
	message := sprintf("The app says that the data set `%s` holds %s; the catalog says %s.", [use.dataset, kinds(use.categories), kinds(set.categories)])
	remedy := sprintf("Write `categories: [%s]`.", [concat(", ", set.categories)])
}

kinds(list) := lib.quoted(list) if count(list) > 0

else := "nothing sensitive"
