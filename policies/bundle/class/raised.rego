# METADATA
# scope: package
# title: A higher classification is looked at anew
# description: >-
#   When an app comes to touch more sensitive data than was approved, the whole
#   app is assessed again. Security and the data protection officer decide.
# custom:
#   id: class.raised
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask security and the data protection officer to review the change.
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
	some role in ["security", "dpo"]
}

risk contains {"level": "high", "reason": raised}
