# METADATA
# scope: package
# title: The scans that a blueprint asks for are there
# description: >-
#   A blueprint names the scans its apps must pass, such as one for known flaws
#   in libraries. An app in production carries the result of each beside it, in
#   a file that begins with the scan's name.
# custom:
#   id: quality.scans
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Let the build run the scan and write its result beside the app.
#   controls: ["soc2:CC7.1", "iso27001:A.8.8", "iso27001:A.8.29"]
package levee.rules.quality.scans

problem contains {"field": "spec.blueprint", "message": message, "remedy": remedy} if {
	input.facts.reach.production
	some scan in input.refs.blueprint.spec.scans
	not done(scan)
	message := sprintf("The blueprint `%s` asks for the scan `%s`, but there is no result of it beside the app.", [input.app.spec.blueprint, scan])
	remedy := sprintf("Let the build run the scan and write its result to `evidence/%s.sarif`.", [scan])
}

done(scan) if {
	some file in input.refs.evidence
	startswith(file, concat("", [scan, "."]))
}
