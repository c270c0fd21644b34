# METADATA
# scope: package
# title: The licences of an app's parts are allowed
# description: >-
#   A licence can ask for more than the organisation may give, such as the app's
#   own source code. In production no part carries one that the settings forbid,
#   and where they list what is allowed, each carries one of those. Of several
#   licences to choose from, one that is allowed is enough.
# custom:
#   id: quality.licences
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Replace the parts with such a licence, or ask for the licence to be allowed in `catalog.yaml`.
#   controls: ["soc2:CC1.1", "iso27001:A.5.32", "ssdf:PW.4.1"]
package levee.rules.quality.licences

import data.levee.lib

problem contains {"field": "spec.lifecycle.stage", "message": message} if {
	input.facts.reach.production
	some file in input.refs.evidence
	some licence in file.licences
	not acceptable(licence)
	message := sprintf("The file `%s` names `%v` parts under the licence `%s`, which is not allowed here.", [lib.evidence_path(file), licence.parts, licence.expression])
}

problem contains {"field": "spec.lifecycle.stage", "message": message, "remedy": remedy} if {
	input.facts.reach.production
	count(data.settings.evidence.licences.allowed) > 0
	some file in input.refs.evidence
	file.unlicensed > 0
	message := sprintf("The file `%s` names `%v` parts without a licence, so that nobody can tell whether it is allowed.", [lib.evidence_path(file), file.unlicensed])
	remedy := "Let the build write the licence of each part into the list."
}

acceptable(licence) if {
	some choice in licence.choices
	every name in choice {
		allowed(name)
		not forbidden(name)
	}
}

allowed(_) if count(data.settings.evidence.licences.allowed) == 0

allowed(name) if matches(data.settings.evidence.licences.allowed, name)

# An exception gives more freedom than the licence before it: what holds for that holds
# with the exception too, unless it is allowed by its full name.
allowed(name) if matches(data.settings.evidence.licences.allowed, bare(name))

forbidden(name) if matches(data.settings.evidence.licences.forbidden, name)

forbidden(name) if {
	matches(data.settings.evidence.licences.forbidden, bare(name))
	not matches(data.settings.evidence.licences.allowed, name)
}

# bare is a licence without its exception.
bare(name) := split(name, " WITH ")[0]

matches(list, name) if {
	some entry in list
	lower(entry) == lower(name)
}

matches(list, name) if {
	some entry in list
	endswith(entry, "*")
	startswith(lower(name), trim_suffix(lower(entry), "*"))
}
