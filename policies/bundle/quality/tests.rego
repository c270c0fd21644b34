# METADATA
# scope: package
# title: Apps in production are tested
# description: >-
#   Automated tests notice when a change breaks something that used to work. An
#   app in production has them, and they run a good part of its code. Apps on a
#   low-code platform are left out, because few platforms can test.
# custom:
#   id: quality.tests
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 90d
#   onRunning: grace
#   remedy: "Write `quality: {tests: true, coverage: 0.5}` once the app has automated tests, with the share of its code that they run."
#   controls: ["soc2:CC8.1", "iso27001:A.8.29"]
package levee.rules.quality.tests

expected if {
	input.facts.reach.production
	input.app.spec.runtime.type != "external"
}

problem contains {"field": "spec.quality", "message": "This app is in production, but no automated test notices when a change breaks it."} if {
	not input.app.spec.quality.tests
	expected
}

problem contains {"field": "spec.quality.coverage", "message": message, "remedy": remedy} if {
	input.app.spec.quality.tests == true
	not enough
	expected
	message := sprintf("The tests of this app run %s of its code, less than the `%v` per cent expected in production.", [run, percent(data.settings.limits.coverage)])
	remedy := sprintf("Write `coverage: %v` once the tests run so much of the app, or more.", [data.settings.limits.coverage])
}

enough if input.app.spec.quality.coverage >= data.settings.limits.coverage

run := sprintf("`%v` per cent", [percent(input.app.spec.quality.coverage)])

default run := "an unknown part"

percent(share) := round(share * 100)
