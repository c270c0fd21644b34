# METADATA
# scope: package
# title: Credentials are short-lived
# description: >-
#   A credential that an app has fetched can be stolen from it. One that ends
#   soon is worth little to a thief, so each must end within the time that the
#   catalog sets.
# custom:
#   id: secrets.short-lived
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Let the credential end sooner; the app fetches a new one when it needs it.
#   controls: ["soc2:CC6.1", "iso27001:A.5.17", "iso27001:A.8.5"]
package levee.rules.secrets.short_lived

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some secret in input.app.spec.secrets
	secret.ttl > lib.limit("credential")
	lib.live
	field := concat("", [lib.item("secrets", secret.name), ".ttl"])
	message := sprintf("A fetched credential of `%s` lives for `%s`, longer than the `%s` allowed.", [secret.name, lib.span(secret.ttl), lib.span(lib.limit("credential"))])
	remedy := sprintf("Write `%s` or less.", [lib.span(lib.limit("credential"))])
}

# No time at all would mean no end.
problem contains {"field": field, "message": message, "remedy": remedy} if {
	some secret in input.app.spec.secrets
	not secret.ttl
	lib.live
	field := concat("", [lib.item("secrets", secret.name), ".ttl"])
	message := sprintf("Nothing ends a fetched credential of `%s`.", [secret.name])
	remedy := sprintf("Write `%s` or less, but not nothing.", [lib.span(lib.limit("credential"))])
}
