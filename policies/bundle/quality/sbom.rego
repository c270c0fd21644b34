# METADATA
# scope: package
# title: What an app is built from is known
# description: >-
#   When a flaw is found in a library, the list of parts tells at once which
#   apps have it. An app in production carries such a list beside it, as CycloneDX
#   or SPDX, that can be read and has at least one part in it. Apps on a low-code
#   platform are built from their platform's parts and need none.
# custom:
#   id: quality.sbom
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Let the build write the list of parts beside the app, as `evidence/sbom.cdx.json`.
#   controls: ["soc2:CC7.1", "iso27001:A.5.21", "iso27001:A.8.8", "ssdf:PS.3.2"]
package levee.rules.quality.sbom

import data.levee.lib

problem contains {"field": "spec.lifecycle.stage", "message": message} if {
	input.facts.reach.production
	input.app.spec.runtime.type != "external"
	not listed
	message := concat(" ", array.concat(["This app is in production, but no list says which parts it is built from."], unusable))
}

listed if {
	some file in input.refs.evidence
	file.kind == "parts"
	file.parts > 0
}

# unusable says of each file that should be such a list why it is none.
unusable := [sprintf("`%s`: %s", [lib.evidence_path(file), why]) |
	some file in input.refs.evidence
	why := none(file)
]

none(file) := "It names no part." if file.kind == "parts"

none(file) := file.trouble if {
	startswith(file.name, "sbom.")
	file.trouble != ""
}
