# METADATA
# scope: package
# title: What an app is built from is known
# description: >-
#   When a flaw is found in a library, the list of parts tells at once which
#   apps have it. An app in production carries such a list beside it, as CycloneDX
#   or SPDX, with at least one part in it. Apps on a low-code platform are built
#   from their platform's parts and need none.
# custom:
#   id: quality.sbom
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Let the build write the list of parts beside the app, as `evidence/sbom.cdx.json`.
#   controls: ["soc2:CC7.1", "iso27001:A.5.21", "iso27001:A.8.8"]
package levee.rules.quality.sbom

import data.levee.lib

problem contains {"field": "spec.lifecycle.stage", "message": message} if {
	input.facts.reach.production
	input.app.spec.runtime.type != "external"
	not listed
	message := concat("", ["This app is in production, but no list says which parts it is built from", found, "."])
}

listed if {
	some parts in input.refs.parts
	parts > 0
}

# found names the files that should be such a list and name no part.
found := sprintf("; no part is named in %s", [lib.quoted([concat("", ["evidence/", name]) | some name, _ in input.refs.parts])]) if {
	count(input.refs.parts) > 0
} else := ""
