# METADATA
# scope: package
# title: Vendors beyond the blueprint are looked at
# description: >-
#   A blueprint names the vendors that suit every app built from it. Another
#   approved vendor may be right too, but security, or whom the settings name,
#   looks at whether it is right for this app.
# custom:
#   id: egress.outside
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Use a vendor that the blueprint already approves, or ask security to look at this one.
#   controls: ["soc2:CC6.6", "soc2:CC9.2", "iso27001:A.5.19"]
package levee.rules.egress.outside

import data.levee.lib

outside contains name if {
	some name, _ in input.refs.vendors
	not lib.beforehand[name]
	lib.live
}

approval contains {"role": role, "reason": reason} if {
	some role in data.settings.approvers.egress
	some name in outside
	reason := sprintf("the blueprint does not approve the vendor `%s` beforehand", [name])
}

risk contains {"level": "medium", "reason": reason} if {
	some name in outside
	reason := sprintf("the app exchanges data with `%s`, beyond its blueprint", [name])
}
