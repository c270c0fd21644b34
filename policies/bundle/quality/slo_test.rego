package levee.rules.quality.slo_test

import data.levee.fixture
import data.levee.rules.quality.slo as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"a promise": {},
	"how often": {"set": {"/app/spec/slo": {"availability": 99}}},
	"how fast": {"set": {"/app/spec/slo": {"p95": 500}}},
	"never is a promise too": {"set": {"/app/spec/slo": {"availability": 0}}},
	"an empty promise": {"set": {"/app/spec/slo": {}}, "problem": {"spec.slo"}},
	"none": {"drop": ["/app/spec/slo"], "problem": {"spec.slo"}, "says": ["what people can rely on"]},
	"none before production": {"set": fixture.staged("approved"), "drop": ["/app/spec/slo"]},
}
