# METADATA
# scope: package
# title: Evidence that has to be signed is signed
# description: >-
#   Anybody who may change a file can write a list of parts or the result of a scan by
#   hand. The settings say which evidence counts only if a signer that they name signed
#   it for this very app, and whether the image that the app runs has to be signed. A
#   file that has to be and is not counts as if it were not there.
# custom:
#   id: quality.evidence-signed
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Let the build sign what it writes.
#   controls: ["soc2:CC7.1", "soc2:CC8.1", "iso27001:A.5.33", "iso27001:A.8.28", "ssdf:PS.2.1"]
package levee.rules.quality.evidence_signed

import data.levee.lib

problem contains {"field": "spec.lifecycle.stage", "file": lib.evidence_path(file), "message": message, "remedy": file.remedy} if {
	input.facts.reach.production
	some file in input.refs.evidence
	file.unsigned != ""
	message := sprintf("The file `%s` does not count. %s", [lib.evidence_path(file), file.unsigned])
}

problem contains {"field": "spec.runtime.image", "message": input.refs.image.unsigned, "remedy": input.refs.image.remedy} if {
	input.facts.reach.production
	input.refs.image.unsigned != ""
}
