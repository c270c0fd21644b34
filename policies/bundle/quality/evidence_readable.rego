# METADATA
# scope: package
# title: Every file of evidence can be read
# description: >-
#   The files beside an app in production show what its build found out about it.
#   One that is empty, cut off or in a format that is not read here shows nothing,
#   and nobody would notice.
# custom:
#   id: quality.evidence-readable
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Let the build write the file again in a format that is read here, or take it away.
#   controls: ["soc2:CC7.1", "iso27001:A.5.33"]
package levee.rules.quality.evidence_readable

import data.levee.lib

problem contains {"field": "spec.lifecycle.stage", "message": message} if {
	input.facts.reach.production
	some file in input.refs.evidence
	file.trouble != ""
	object.get(file, "unsigned", "") == "" # told by quality.evidence-signed
	message := sprintf("The file `%s` says nothing. %s", [lib.evidence_path(file), file.trouble])
}
