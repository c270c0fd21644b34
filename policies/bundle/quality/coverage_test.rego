package levee.rules.quality.coverage_test

import data.levee.fixture
import data.levee.rules.quality.coverage as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

beside(files) := {"/refs/evidence": files}

covered(n) := object.union(fixture.coverage, {"covered": n})

declared(share) := {"/app/spec/quality": {"tests": true, "coverage": share}}

cases := {
	"enough": {},
	"just enough": {"set": object.union(beside([covered(500)]), declared(0.5))},
	"too little": {
		"set": object.union(beside([covered(494)]), declared(0.49)),
		"problem": {"spec.quality.coverage"},
		"says": ["run `49` per cent of the code, by `evidence/lcov.info`, less than the `50` per cent"],
		"never": ["The manifest says"],
	},
	"the best of several": {"set": beside([object.union(covered(1), {"name": "cover.out"}), covered(900)])},
	"none of it": {"set": object.union(beside([covered(0)]), declared(0)), "problem": {"spec.quality.coverage"}, "says": ["run `0` per cent"]},
	"the manifest says more": {
		"set": object.union(beside([covered(600)]), declared(0.9)),
		"problem": {"spec.quality.coverage"},
		"says": ["says that the tests run `90` per cent of the code, but by `evidence/lcov.info` it is `60`", "Write `coverage: 0.6`"],
	},
	"the manifest rounds": {"set": object.union(beside([covered(596)]), declared(0.6))},
	"the manifest says less": {"set": object.union(beside([covered(900)]), declared(0.6))},
	"the manifest says nothing": {"drop": ["/app/spec/quality"]},
	"no report": {"set": beside([fixture.tested]), "problem": {"spec.quality.coverage"}, "says": ["no report says how much"]},
	"an empty report": {"set": beside([fixture.unread("lcov.info", "It is empty.")]), "problem": {"spec.quality.coverage"}},
	"no word about files": {"drop": ["/refs/evidence"], "problem": {"spec.quality.coverage"}},
	"not in production": {"set": fixture.plus(beside([]), fixture.staged("approved"))},
	"too little before production": {"set": fixture.plus(beside([covered(10)]), fixture.staged("approved")), "drop": ["/app/spec/quality"]},
	"the manifest says more before production": {"set": fixture.plus(object.union(beside([covered(600)]), declared(0.9)), fixture.staged("approved"))},
	"on a low-code platform": {"set": object.union(beside([]), {"/app/spec/runtime/type": "external"})},
}
