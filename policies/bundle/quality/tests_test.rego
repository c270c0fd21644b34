package levee.rules.quality.tests_test

import data.levee.fixture
import data.levee.rules.quality.tests as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

beside(files) := {"/refs/evidence": files}

report(says) := object.union(fixture.tested, says)

cases := {
	"tested": {},
	"skipped beside passed": {"set": beside([report({"skipped": 4})])},
	"some failed": {
		"set": beside([report({"failed": 3})]),
		"problem": {"spec.quality"},
		"says": ["`evidence/junit.xml` tells of tests that failed: `3`, beside `9` that passed"],
		"never": ["no report"],
	},
	"one report of two failed": {"set": beside([fixture.tested, report({"name": "junit-2.xml", "passed": 0, "failed": 1})]), "problem": {"spec.quality"}},
	"all skipped": {"set": beside([report({"passed": 0, "skipped": 9})]), "problem": {"spec.quality"}, "says": ["`evidence/junit.xml`: No test in it passed."]},
	"an empty report": {"set": beside([fixture.unread("junit.xml", "It is empty.")]), "problem": {"spec.quality"}, "says": ["`evidence/junit.xml`: It is empty."]},
	"files of other kinds": {"set": beside([fixture.unread("sast.sarif", "It is cut off.")]), "problem": {"spec.quality"}, "never": ["sast"]},
	"no report": {"set": beside([fixture.parts_list]), "problem": {"spec.quality"}, "says": ["no report shows that its tests passed."]},
	"a promise": {"set": object.union(beside([]), {"/app/spec/quality": {"tests": true, "coverage": 0.9}}), "problem": {"spec.quality"}},
	"no word about files": {"drop": ["/refs/evidence"], "problem": {"spec.quality"}},
	"not in production": {"set": fixture.plus(beside([]), fixture.staged("approved"))},
	"failed before production": {"set": fixture.plus(beside([report({"failed": 3})]), fixture.staged("approved"))},
	"on a low-code platform": {"set": object.union(beside([]), {"/app/spec/runtime/type": "external"})},
}
