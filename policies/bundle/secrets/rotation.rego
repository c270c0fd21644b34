# METADATA
# scope: package
# title: Secrets are replaced in time
# description: >-
#   A secret that leaked unnoticed stops working once it is replaced. Secrets of
#   apps with confidential or restricted data are replaced more often than
#   others.
# custom:
#   id: secrets.rotation
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Have the secret replaced more often.
#   controls: ["soc2:CC6.1", "iso27001:A.5.17", "iso27001:A.8.24"]
package levee.rules.secrets.rotation

import data.levee.lib

longest := lib.limit("highRotation") if lib.closed

else := lib.limit("rotation")

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some secret in input.app.spec.secrets
	secret.rotation > longest
	lib.live
	field := concat("", [lib.item("secrets", secret.name), ".rotation"])
	message := sprintf("The secret `%s` is replaced every `%s`; in an app classified `%s` that must happen every `%s`.", [secret.name, lib.span(secret.rotation), input.app.spec.classification, lib.span(longest)])
	remedy := sprintf("Write `%s` or less.", [lib.span(longest)])
}

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some secret in input.app.spec.secrets
	not secret.rotation
	lib.live
	field := concat("", [lib.item("secrets", secret.name), ".rotation"])
	message := sprintf("The secret `%s` is never replaced.", [secret.name])
	remedy := sprintf("Write `%s` or less, but not nothing.", [lib.span(longest)])
}
