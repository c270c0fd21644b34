# METADATA
# scope: package
# title: There is a plan for a leak
# description: >-
#   When sensitive data leaks, the first hour counts. An app in production with
#   such data should write down the steps that keep the data inside while the
#   cause is sought.
# custom:
#   id: runbook.containment
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: "Write `containment: Take the access of the app away and call the data protection officer`, or what to do first after a leak."
#   controls: ["soc2:CC7.4", "iso27001:A.5.26", "gdpr:Art.33"]
package levee.rules.runbook.containment

import data.levee.lib

# An app without any runbook is the business of runbook.present.
problem contains {"field": "spec.runbook.containment", "message": "This app touches sensitive data, but its runbook does not say what to do first when it leaks."} if {
	input.facts.reach.production
	runbook := input.app.spec.runbook
	not runbook.containment
	sensitive
}

sensitive if lib.closed

sensitive if count(lib.categories) > 0
