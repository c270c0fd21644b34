# METADATA
# scope: package
# title: Apps grow up step by step
# description: >-
#   A prototype is approved before it goes into production, so that somebody has
#   looked at it in between. Every app may be retired. One that was retired
#   comes back only when the platform team agrees, or whom the settings name, because its
#   data and access may be gone.
# custom:
#   id: lifecycle.stage-order
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Take one step at a time.
#   controls: ["soc2:CC8.1", "iso27001:A.8.31", "iso27001:A.8.32"]
package levee.rules.lifecycle.stage_order

problem contains {"field": "spec.lifecycle.stage", "message": message, "remedy": remedy} if {
	input.admitted.spec.lifecycle.stage == "prototype"
	input.app.spec.lifecycle.stage == "production"
	message := "This prototype wants to go straight into production, and nobody would have approved it in between."
	remedy := "Write `approved` first, and `production` in a later change."
}

approval contains {"role": role, "reason": reason} if {
	some role in data.settings.approvers.return
	input.admitted.spec.lifecycle.stage == "retired"
	stage := input.app.spec.lifecycle.stage
	stage != "retired"
	reason := sprintf("the app comes back from retirement as `%s`", [stage])
}
