# METADATA
# scope: package
# title: Apps in production are tested
# description: >-
#   Automated tests notice when a change breaks something that used to work. An
#   app in production carries a report beside it in which tests passed and none
#   failed; what the manifest says of tests is no more than a promise. Apps on a
#   low-code platform are left out, because few platforms can test.
# custom:
#   id: quality.tests
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 90d
#   onRunning: grace
#   remedy: Let the build run the tests and write their report beside the app, as `evidence/junit.xml`.
#   controls: ["soc2:CC8.1", "iso27001:A.8.29", "ssdf:PW.8.2"]
package levee.rules.quality.tests

import data.levee.lib

problem contains {"field": "spec.quality", "message": message} if {
	expected
	not passed
	message := concat(" ", array.concat(["This app is in production, but no report shows that its tests passed."], unusable))
}

problem contains {"field": "spec.quality", "message": message, "remedy": remedy} if {
	expected
	some file in input.refs.evidence
	file.failed > 0
	message := sprintf("The file `%s` tells of tests that failed: `%v`, beside `%v` that passed.", [lib.evidence_path(file), file.failed, file.passed])
	remedy := "Mend what the tests found, and let the build run them again."
}

expected if {
	input.facts.reach.production
	input.app.spec.runtime.type != "external"
}

passed if {
	some file in input.refs.evidence
	file.passed > 0
}

# unusable says of each file that should be such a report why it is none.
unusable := [sprintf("`%s`: %s", [lib.evidence_path(file), why]) |
	some file in input.refs.evidence
	why := none(file)
]

none(file) := "No test in it passed." if file.kind == "tests"

none(file) := file.trouble if {
	startswith(file.name, "junit")
	file.trouble != ""
}
