# METADATA
# scope: package
# title: People sign in to apps with company data
# description: >-
#   Only public data may be shown to anybody who knows the address. Every other
#   app asks people to sign in with their company account, so that access ends
#   when they leave.
# custom:
#   id: access.sign-in
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 7d
#   onRunning: grace
#   remedy: "Write `oidc` or `saml`, by which people sign in."
#   controls: ["soc2:CC6.1", "soc2:CC6.2", "iso27001:A.5.16", "iso27001:A.8.5"]
package levee.rules.access.sign_in

import data.levee.lib

problem contains {"field": "spec.access.sso", "message": message} if {
	input.app.spec.access.sso == "none"
	input.app.spec.classification != "public"
	lib.live
	message := sprintf("This app is classified `%s`, but anybody may open it without signing in.", [input.app.spec.classification])
}
