package levee.rules.quality.tests_test

import data.levee.fixture
import data.levee.rules.quality.tests as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

quality(value) := {"/app/spec/quality": value}

cases := {
	"tested": {},
	"just enough": {"set": quality({"tests": true, "coverage": 0.5})},
	"too little": {
		"set": quality({"tests": true, "coverage": 0.49}),
		"problem": {"spec.quality.coverage"},
		"says": ["run `49` per cent of its code, less than the `50` per cent", "Write `coverage: 0.5` once"],
	},
	"unknown": {"set": quality({"tests": true}), "problem": {"spec.quality.coverage"}, "says": ["an unknown part"]},
	"no tests": {"set": quality({"tests": false, "coverage": 0.9}), "problem": {"spec.quality"}, "says": ["no automated test"]},
	"nothing said": {"drop": ["/app/spec/quality"], "problem": {"spec.quality"}},
	"no tests before production": {"set": fixture.staged("approved"), "drop": ["/app/spec/quality"]},
	"too little before production": {"set": fixture.plus(quality({"tests": true, "coverage": 0.1}), fixture.staged("approved"))},
	"no tests on a low-code platform": {"set": {"/app/spec/runtime/type": "external"}, "drop": ["/app/spec/quality"]},
}
