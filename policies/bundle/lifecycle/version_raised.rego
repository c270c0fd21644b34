# METADATA
# scope: package
# title: A changed app gets a higher version
# description: >-
#   The version tells people which app they are talking about. Whenever anything
#   but title and description changes it rises, so two different apps never
#   carry the same number. Asking for another period alone needs no new version.
# custom:
#   id: lifecycle.version-raised
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Raise the version.
#   controls: ["soc2:CC8.1", "iso27001:A.8.32"]
package levee.rules.lifecycle.version_raised

import data.levee.lib

# The order is computed by semver.compare; a pre-release such as 1.5.0-rc.1
# comes before 1.5.0. Versions it does not know, such as 1.0.0-01, are not above
# any other.
problem contains {"field": "spec.version", "message": message, "remedy": remedy} if {
	before := input.admitted.spec.version
	now := input.app.spec.version
	not higher(now, before)
	lib.reworked(input.app) != lib.reworked(input.admitted)
	message := sprintf("The app changed, but its version `%s` is not higher than `%s`, which was admitted before.", [now, before])
	remedy := sprintf("Write `%s`, or any higher version.", [next(before)])
}

problem contains {"field": "spec.version", "message": message, "remedy": remedy} if {
	before := input.admitted.spec.version
	now := input.app.spec.version
	before != now
	not higher(now, before)
	lib.reworked(input.app) == lib.reworked(input.admitted)
	message := sprintf("The version goes back from `%s` to `%s`, although nothing else changed.", [before, now])
	remedy := sprintf("Write `%s` again.", [before])
}

higher(now, before) if {
	semver.is_valid(now)
	semver.is_valid(before)
	semver.compare(now, before) > 0
}

# next is the smallest version that is no pre-release and above another.
next(version) := concat(".", [major, minor, format_int(to_number(patch) + 1, 10)]) if {
	not contains(version, "-")
	[major, minor, patch] := split(version, ".")
} else := split(version, "-")[0]
