# METADATA
# scope: package
# title: The scans that a blueprint asks for are there
# description: >-
#   A blueprint names the scans its apps must pass, such as one for known flaws
#   in libraries. An app in production carries the result of each beside it, in
#   a file that begins with the scan's name. A result counts if it can be read,
#   the scan ran to its end, and it is no older than the settings say.
# custom:
#   id: quality.scans
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Let the build run the scan and write its result beside the app.
#   controls: ["soc2:CC7.1", "iso27001:A.8.8", "iso27001:A.8.29", "ssdf:PW.7.2"]
package levee.rules.quality.scans

import data.levee.lib

problem contains {"field": "spec.blueprint", "message": message, "remedy": remedy} if {
	input.facts.reach.production
	some scan in input.refs.blueprint.spec.scans
	not done(scan)
	message := concat(" ", array.concat(
		[sprintf("The blueprint `%s` asks for the scan `%s`, but there is no result of it beside the app that counts.", [input.app.spec.blueprint, scan])],
		[sprintf("`%s` %s.", [lib.evidence_path(file), reason]) |
			some file in results(scan)
			reason := no_result(file)
		],
	))
	remedy := sprintf("Let the build run the scan, and write its result and the time at which it ended (`endTimeUtc` in SARIF) to `evidence/%s.sarif`.", [scan])
}

done(scan) if {
	some file in results(scan)
	not no_result(file)
}

# results are the files named after a scan, without signatures of such files.
results(scan) := [file |
	some file in input.refs.evidence
	file.kind != "signature"
	startswith(file.name, concat("", [scan, "."]))
]

# no_result is why a file is no result of a scan that counts. It is undefined for one
# that is.
no_result(file) := sprintf("says nothing: %s", [trim_suffix(file.trouble, ".")]) if {
	file.trouble != ""
} else := "says of no scan what it found" if {
	not file.scanned
} else := lib.stale(file, data.settings.evidence.age.findings)
