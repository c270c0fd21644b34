# METADATA
# scope: package
# title: A secret is the app's own, and named by its exact place
# description: >-
#   The place of a secret becomes part of what the app is allowed to read. A
#   place with wildcards, steps upwards or blanks to fill in could open the
#   secrets of other apps. A place that belongs to another team needs that
#   team's approval; one of which the settings do not tell whose it is needs
#   security's (limits.secretPaths).
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

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some secret in input.app.spec.secrets
	not plain(secret.path)
	lib.live
	field := concat("", [lib.item("secrets", secret.name), ".path"])
	remedy := lib.place(secret.name)
	message := sprintf("The place `%s` of the secret `%s` is not exact, so the app could read secrets of other apps.", [secret.path, secret.name])
}

approval contains {"role": role, "reason": reason} if {
	lib.live
	some name, place in foreign
	place.team != ""
	role := concat("", ["team:", place.team])
	reason := sprintf("the secret `%s` lies in a place of the team `%s`", [name, place.team])
}

approval contains {"role": role, "reason": reason} if {
	lib.live
	some role in data.settings.approvers.secretPaths
	some name, place in foreign
	place.team == ""
	reason := sprintf("the settings do not say whose the place of the secret `%s` is", [name])
}

foreign[secret.name] := place if {
	some secret in input.app.spec.secrets
	plain(secret.path)
	place := object.get(input.refs.places, secret.name, {"own": false, "team": ""})
	place.own == false
}

# Steps of letters, digits, dots, dashes, underscores and colons; none of them
# empty, none leading upwards.
plain(path) if {
	not contains(path, "..")
	regex.match(`^[A-Za-z0-9_-][A-Za-z0-9_.:-]*(/[A-Za-z0-9_-][A-Za-z0-9_.:-]*)*$`, path)
}
