# METADATA
# scope: package
# title: Somebody else agrees when an app changes hands
# description: >-
#   Whoever owns an app decides about it from then on. So a new owner or team
#   needs an approval, by default the product owner's, and moving the app to
#   another team needs that of the platform team too, because the old team loses it.
# custom:
#   id: ownership.transfer
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask the product owner to review the handover.
#   controls: ["soc2:CC6.3", "iso27001:A.5.2", "iso27001:A.5.15"]
package levee.rules.ownership.transfer

approval contains {"role": role, "reason": reason} if {
	some role in data.settings.approvers.owner
	before := input.admitted.spec.owner.person
	now := input.app.spec.owner.person
	before != now
	reason := sprintf("the app passes from `%s` to `%s`", [before, now])
}

approval contains {"role": role, "reason": reason} if {
	before := input.admitted.spec.owner.team
	now := input.app.spec.owner.team
	before != now
	some role in array.concat(data.settings.approvers.owner, data.settings.approvers.team)
	reason := sprintf("the app passes from the team `%s` to the team `%s`", [before, now])
}
