# METADATA
# scope: package
# title: Apps are asked about now and then
# description: >-
#   An app that nobody asks for any more should end. Each app lives for a
#   limited time and then its owner says whether it is still needed. That time
#   may be shorter than the catalog's, not longer, and a day at least.
# custom:
#   id: lifecycle.ttl
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Shorten the time, and renew the app when it is still needed.
#   controls: ["soc2:CC6.2", "iso27001:A.5.9", "iso27001:A.5.18"]
package levee.rules.lifecycle.ttl

import data.levee.lib

# Where nothing is written, the catalog's time holds.
problem contains {"field": "spec.lifecycle.ttl", "message": message, "remedy": remedy} if {
	asked := input.app.spec.lifecycle.ttl
	asked > most
	lib.live
	message := sprintf("This app wants to live for `%s` without being asked about, longer than the `%s` allowed at its stage.", [lib.span(asked), lib.span(most)])
	remedy := sprintf("Write `%s` or less, or remove the line.", [lib.span(most)])
}

# Days are the least that is looked at. What is below was meant otherwise: 3m is
# three minutes.
problem contains {"field": "spec.lifecycle.ttl", "message": message, "remedy": remedy} if {
	asked := input.app.spec.lifecycle.ttl
	asked < 86400
	lib.live
	message := sprintf("This app wants to live for `%s`, which is less than a day, so it would go down at once.", [lib.span(asked)])
	remedy := sprintf("Write `%s`, or less in days (d) or weeks (w); or remove the line.", [lib.span(most)])
}

most := object.get(data.settings.lifecycle, "prototypeTTL", 0) if input.app.spec.lifecycle.stage == "prototype"

else := object.get(data.settings.lifecycle, "ttl", 0)
