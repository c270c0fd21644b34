# METADATA
# scope: package
# title: Apps that can do harm come with a runbook
# description: >-
#   At three in the morning somebody must know whom to reach and how to stop the
#   app. Apps in production that change data, touch sensitive data or exchange
#   data with vendors write that down.
# custom:
#   id: runbook.present
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: "Write `runbook: {contact: \"#on-call\"}`, with whom to reach when it misbehaves."
#   controls: ["soc2:CC7.4", "iso27001:A.5.24", "iso27001:A.5.26"]
package levee.rules.runbook.present

import data.levee.lib

problem contains {"field": "spec.runbook", "message": message} if {
	input.facts.reach.production
	not input.app.spec.runbook
	count(harms) > 0
	message := sprintf("This app %s, but nothing says whom to reach and how to stop it when it misbehaves.", [concat(" and ", harms)])
}

harms contains "touches confidential data" if lib.closed

harms contains "touches sensitive data" if count(lib.categories) > 0

harms contains "changes data" if lib.writes

harms contains "exchanges data with vendors" if count(input.app.spec.integrations) > 0

harms contains "exchanges data with vendors" if count(input.app.spec.egress) > 0
