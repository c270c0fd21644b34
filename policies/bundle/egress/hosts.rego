# METADATA
# scope: package
# title: An app calls few places outside
# description: >-
#   Each host name outside that an app may call is one more way for data to
#   leave and one more thing that can fail. An app that needs many is mostly
#   more than one app.
# custom:
#   id: egress.hosts
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Take out the host names that the app does not need, or split the app.
#   controls: ["soc2:CC6.6", "iso27001:A.8.20"]
package levee.rules.egress.hosts

import data.levee.lib

problem contains {"field": "spec.egress", "message": message, "remedy": remedy} if {
	most := data.settings.limits.hosts
	called := count(input.app.spec.egress)
	called > most
	lib.live
	message := sprintf("This app may call %v host names outside, more than the %v allowed.", [called, most])
	remedy := sprintf("Leave %v of them at most, or split the app.", [most])
}
