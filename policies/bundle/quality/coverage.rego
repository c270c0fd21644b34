# METADATA
# scope: package
# title: Tests run enough of the code
# description: >-
#   Code that no test runs can break without anybody noticing. For an app in
#   production a report beside it says how much of its code the tests run; what
#   the manifest says may not be more than that. Apps on a low-code platform are
#   left out, because few platforms can tell.
# custom:
#   id: quality.coverage
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 90d
#   onRunning: grace
#   remedy: Let the build write how much of the code the tests run beside the app, as `evidence/lcov.info` or `evidence/cobertura.xml`.
#   controls: ["soc2:CC8.1", "iso27001:A.8.29", "ssdf:PW.8.2"]
package levee.rules.quality.coverage

import data.levee.lib

problem contains {"field": "spec.quality.coverage", "message": "This app is in production, but no report says how much of its code the tests run."} if {
	expected
	not told
}

problem contains {"field": "spec.quality.coverage", "message": message, "remedy": remedy} if {
	expected
	most < data.settings.limits.coverage
	message := sprintf("The tests run `%v` per cent of the code, by `%s`, less than the `%v` per cent expected in production.", [percent(most), lib.evidence_path(best), percent(data.settings.limits.coverage)])
	remedy := "Write tests for what none runs so far, and let the build write the report again."
}

# Who rounds the share to a whole per cent says no more than is so.
problem contains {"field": "spec.quality.coverage", "message": message, "remedy": remedy} if {
	expected
	percent(input.app.spec.quality.coverage) > percent(most)
	message := sprintf("The manifest says that the tests run `%v` per cent of the code, but by `%s` it is `%v`.", [percent(input.app.spec.quality.coverage), lib.evidence_path(best), percent(most)])
	remedy := sprintf("Write `coverage: %v`, or leave it out.", [floor(most * 100) / 100])
}

expected if {
	input.facts.reach.production
	input.app.spec.runtime.type != "external"
}

told if {
	some file in input.refs.evidence
	file.code > 0
}

# most is the greatest share that a report tells of: an app may have several, each of a part
# of its tests.
most := max({share(file) | some file in input.refs.evidence; file.code > 0})

# best is the report of it; the first by name where several say the same.
best := [file | some file in input.refs.evidence; file.code > 0; share(file) == most][0]

share(file) := file.covered / file.code

percent(share) := round(share * 100)
