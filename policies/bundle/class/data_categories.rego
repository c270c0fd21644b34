# METADATA
# scope: package
# title: The classification fits the data
# description: >-
#   An app is classified by the most sensitive data it touches. Where nothing
#   else is set, health data and credentials are always restricted, and data about
#   people or money is never public. Personal and financial data below confidential
#   may be right, but the people who guard it must agree.
# custom:
#   id: class.data-categories
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Raise the classification to what the data asks for.
#   controls: ["soc2:C1.1", "iso27001:A.5.12", "iso27001:A.5.34", "gdpr:Art.5", "gdpr:Art.9"]
package levee.rules.class.data_categories

import data.levee.lib

# What each category asks for at least.
floor := data.settings.data.floors

# Who agrees to a category in an app below confidential.
guards := data.settings.approvers.categories

problem contains {"field": "spec.classification", "message": message, "remedy": remedy} if {
	class := input.app.spec.classification
	some name, kinds in lib.holds
	some category in kinds
	lib.rank[class] < lib.rank[floor[category]]
	lib.live
	message := sprintf("The data set `%s` holds `%s` data, which an app classified `%s` must not touch.", [name, category, class])
	remedy := sprintf("Write `%s`, or leave the data set `%s` out.", [floor[category], name])
}

too_low contains category if {
	some category in lib.categories
	count(guards[category]) > 0
	not lib.closed
	lib.live
}

approval contains {"role": role, "reason": reason} if {
	some category in too_low
	some role in guards[category]
	reason := sprintf("`%s` data is handled by an app classified only `%s`", [category, input.app.spec.classification])
}

risk contains {"level": "medium", "reason": reason} if {
	some category in too_low
	reason := sprintf("`%s` data is handled by an app classified only `%s`", [category, input.app.spec.classification])
}
