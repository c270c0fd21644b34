# METADATA
# scope: package
# title: Apps are written in languages the company keeps
# description: >-
#   Old language versions no longer get security fixes, and a language nobody
#   here knows cannot be repaired. Where the catalog lists languages, an app
#   uses one of them.
# custom:
#   id: runtime.language-allowed
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 90d
#   onRunning: grace
#   remedy: Move to a language and version that the catalog allows.
#   controls: ["soc2:CC7.1", "iso27001:A.8.8", "iso27001:A.8.28"]
package levee.rules.runtime.language_allowed

import data.levee.lib

problem contains {"field": "spec.runtime.language", "message": message, "remedy": remedy} if {
	allowed := data.settings.limits.languages
	count(allowed) > 0
	language := input.app.spec.runtime.language
	not listed
	lib.live
	message := sprintf("The language `%s` is not among those the catalog allows.", [language])
	remedy := lib.better(lib.in_languages, language, sprintf("Write %s.", [lib.either(allowed)]))
}

# A site has no language of its own, and an app elsewhere is written in its
# platform's.
problem contains {"field": "spec.runtime.language", "message": message, "remedy": remedy} if {
	allowed := data.settings.limits.languages
	count(allowed) > 0
	input.app.spec.runtime.type in {"container", "function", "scheduled"}
	not input.app.spec.runtime.language
	lib.live
	message := "Nothing says which language this app is written in, so nobody can tell whether it still gets security fixes."
	remedy := sprintf("Write `language: %s`, or another of %s.", [lib.head(allowed), lib.quoted(allowed)])
}

# "nodejs" allows every version, "nodejs:22" that version and its patches.
listed if {
	some allowed in data.settings.limits.languages
	input.app.spec.runtime.language == allowed
}

listed if {
	some allowed in data.settings.limits.languages
	startswith(input.app.spec.runtime.language, concat("", [allowed, separator(allowed)]))
}

separator(allowed) := "." if contains(allowed, ":")

else := ":"
