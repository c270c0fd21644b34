# METADATA
# scope: package
# title: A secret is named by its exact place
# description: >-
#   The place of a secret becomes part of what the app is allowed to read. A
#   place with wildcards, steps upwards or blanks to fill in could open the
#   secrets of other apps.
# custom:
#   id: secrets.path-own
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 7d
#   onRunning: grace
#   remedy: Write the exact place of the secret, such as `kv/finance/payment`.
#   controls: ["soc2:CC6.1", "iso27001:A.5.15", "iso27001:A.8.3"]
package levee.rules.secrets.path_own

import data.levee.lib

problem contains {"field": field, "message": message} if {
	some secret in input.app.spec.secrets
	not plain(secret.path)
	lib.live
	field := concat("", [lib.item("secrets", secret.name), ".path"])
	message := sprintf("The place `%s` of the secret `%s` is not exact, so the app could read secrets of other apps.", [secret.path, secret.name])
}

# Steps of letters, digits, dots, dashes, underscores and colons; none of them
# empty, none leading upwards.
plain(path) if {
	not contains(path, "..")
	regex.match(`^[A-Za-z0-9_-][A-Za-z0-9_.:-]*(/[A-Za-z0-9_-][A-Za-z0-9_.:-]*)*$`, path)
}
