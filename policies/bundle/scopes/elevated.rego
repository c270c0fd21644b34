# METADATA
# scope: package
# title: Unusual permissions are agreed on
# description: >-
#   Some permissions are fine for every app, and a blueprint adds those its apps
#   need. For any other, somebody looks at whether the app needs it; more people
#   do for one that changes data or reaches outside, which makes the change high
#   risk. The settings say who, and which permissions those are.
# custom:
#   id: scopes.elevated
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Use a permission that is fine for every app, or ask those who look at permissions to agree.
#   controls: ["soc2:CC6.1", "soc2:CC6.3", "iso27001:A.5.18", "iso27001:A.8.2"]
package levee.rules.scopes.elevated

import data.levee.lib

elevated contains scope if {
	some scope in input.app.spec.access.scopes
	not scope in data.settings.limits.scopes
	not by_blueprint[scope]
	lib.live
}

by_blueprint contains scope if some scope in input.refs.blueprint.spec.scopes

approval contains {"role": role, "reason": reason} if {
	some scope in elevated
	some role in approvers(scope)
	reason := sprintf("the app asks for the permission `%s`", [scope])
}

approvers(scope) := data.settings.approvers.elevated if dangerous(scope)

else := data.settings.approvers.scopes

risk contains {"level": level(scope), "reason": reason} if {
	some scope in elevated
	reason := sprintf("the app asks for the permission `%s`", [scope])
}

level(scope) := "high" if dangerous(scope)

else := "medium"

dangerous(scope) if {
	some entry in data.settings.limits.elevated
	lib.stands_for(entry, scope)
}
