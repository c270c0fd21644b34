# METADATA
# scope: package
# title: Secrets lie in an approved store
# description: >-
#   Passwords and keys belong in a store that keeps them encrypted, replaces
#   them and records who fetched them. Anywhere else they leak sooner or later.
# custom:
#   id: secrets.store-allowed
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 7d
#   onRunning: grace
#   remedy: Move the secret to a store that the catalog allows.
#   controls: ["soc2:CC6.1", "iso27001:A.5.17", "iso27001:A.8.24"]
package levee.rules.secrets.store_allowed

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some secret in input.app.spec.secrets
	not secret.store in data.settings.limits.stores
	lib.live
	field := concat("", [lib.item("secrets", secret.name), ".store"])
	message := sprintf("The secret `%s` lies in `%s`, which is not a store the catalog allows.", [secret.name, secret.store])
	remedy := lib.better(lib.in_stores, secret.store, advice(data.settings.limits.stores))
}

advice(stores) := sprintf("Write %s, and move the secret there.", [lib.either(stores)]) if count(stores) > 0

else := "Ask the platform team to allow a store; so far there is none."
