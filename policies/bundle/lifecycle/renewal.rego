# METADATA
# scope: package
# title: The owner asks for another period
# description: >-
#   A renewal says that the app is still needed, and only the owner or the
#   fallback can say so. Whoever writes the new day, one of them must agree.
# custom:
#   id: lifecycle.renewal
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask the owner or the fallback to review the renewal.
#   controls: ["soc2:CC6.2", "iso27001:A.5.18"]
package levee.rules.lifecycle.renewal

import data.levee.lib

approval contains {"role": "owner", "reason": reason} if {
	before := lib.renewed(input.admitted)
	now := lib.renewed(input.app)
	before != now
	reason := words(now)
}

words("") := "the renewal of the app is taken back"

words(day) := sprintf("the app is renewed on `%s`", [day]) if day != ""
