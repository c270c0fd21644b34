# METADATA
# scope: package
# title: People know what they can rely on
# description: >-
#   A promise of how often and how fast an app answers lets everybody notice
#   when it gets worse. Apps in production should make one. So far this is only
#   counted, not shown.
# custom:
#   id: quality.slo
#   enforcement: dryrun
#   effective: "2026-01-01"
#   grace: 90d
#   onRunning: grace
#   remedy: "Write `slo: {availability: 99, p95: 2s}`, with how often the app answers and how fast."
#   controls: ["soc2:A1.1", "iso27001:A.8.6"]
package levee.rules.quality.slo

problem contains {"field": "spec.slo", "message": "This app is in production, but nothing says what people can rely on."} if {
	input.facts.reach.production
	not promised
}

promised if input.app.spec.slo.availability

promised if input.app.spec.slo.p95
