# METADATA
# scope: package
# title: Risk follows from the data
# description: >-
#   How much care a change needs depends on how sensitive the app's data is and
#   on whether the app can change it; where the catalog has a data set, what it
#   says counts. The result decides whose approval is
#   needed and is shown to the reviewers with its reasons.
# custom:
#   id: class.sensitivity
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Use less sensitive data, or only read it.
#   controls: ["soc2:CC3.2", "iso27001:A.5.12", "gdpr:Art.25"]
package levee.rules.class.sensitivity

import data.levee.lib

risk contains {"level": "high", "reason": "the app is classified `restricted`"} if {
	input.app.spec.classification == "restricted"
	lib.live
}

risk contains {"level": "medium", "reason": "the app is classified `confidential`"} if {
	input.app.spec.classification == "confidential"
	lib.live
}

risk contains {"level": "high", "reason": "the app can change confidential data"} if {
	input.app.spec.classification == "confidential"
	lib.writes
	lib.live
}

# A data set that the catalog classifies higher than the app counts as what it is.
risk contains {"level": class_level[class], "reason": reason} if {
	some name, class in higher
	lib.live
	reason := sprintf("the data set `%s` is classified `%s`", [name, class])
}

class_level := {"confidential": "medium", "restricted": "high"}

risk contains {"level": "high", "reason": reason} if {
	some use in input.app.spec.data
	use.access == "write"
	higher[use.dataset] == "confidential"
	lib.live
	reason := sprintf("the app can change the confidential data set `%s`", [use.dataset])
}

higher[name] := set.classification if {
	some name, set in lib.catalogued
	lib.rank[set.classification] > lib.rank[input.app.spec.classification]
}

risk contains {"level": "medium", "reason": "the app can change data"} if {
	lib.writes
	lib.live
}

risk contains {"level": level, "reason": reason} if {
	some category in lib.categories
	level := data.settings.data.risks[category]
	lib.live
	reason := sprintf("the app touches `%s` data", [category])
}
