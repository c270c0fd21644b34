# METADATA
# scope: package
# title: Apps ask a vendor only for what was approved
# description: >-
#   A vendor is approved for certain permissions. An app that asks for more
#   could read or change things nobody agreed to share.
# custom:
#   id: egress.vendor-scopes
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask the vendor only for permissions it is approved for.
#   controls: ["soc2:CC6.3", "iso27001:A.5.15", "iso27001:A.5.20", "gdpr:Art.25"]
package levee.rules.egress.vendor_scopes

import data.levee.lib

# An unknown vendor is the business of egress.vendor-known.
problem contains {"field": field, "message": message, "remedy": remedy} if {
	some integration in input.app.spec.integrations
	approved := input.refs.vendors[integration.vendor].scopes
	some scope in integration.scopes
	not scope in approved
	lib.live
	field := concat("", [lib.item("integrations", integration.vendor), ".scopes[", scope, "]"])
	message := sprintf("This app asks `%s` for the permission `%s`, for which that vendor is not approved.", [integration.vendor, scope])
	remedy := lib.better(lib.in_vendor_scopes, scope, advice(scope, approved))
}

advice(scope, approved) := sprintf("Remove `%s`; approved are %s.", [scope, lib.quoted(approved)]) if {
	count(approved) > 0
} else := sprintf("Remove `%s`; no permission is approved there.", [scope])
