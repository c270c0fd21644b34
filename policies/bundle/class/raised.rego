# METADATA
# scope: package
# title: A higher classification is looked at anew
# description: >-
#   When an app comes to touch more sensitive data than was approved, the whole
#   app is assessed again. The settings say who decides: security and the data protection officer, where nothing else is set.
# custom:
#   id: class.raised
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask those who look at classifications to review the change, or keep the classification.
#   controls: ["soc2:CC3.2", "iso27001:A.5.12", "gdpr:Art.25"]
package levee.rules.class.raised

import data.levee.lib

raised := sprintf("the classification rises from `%s` to `%s`", [before, now]) if {
	before := input.admitted.spec.classification
	now := input.app.spec.classification
	lib.rank[now] > lib.rank[before]
	lib.live
}

approval contains {"role": role, "reason": reason} if {
	reason := raised
	some role in data.settings.approvers.raised
}

risk contains {"level": "high", "reason": raised}
