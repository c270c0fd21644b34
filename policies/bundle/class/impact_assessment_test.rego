package levee.rules.class.impact_assessment_test

import data.levee.fixture
import data.levee.rules.class.impact_assessment as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

assessment := {"/app/spec/assessment": {"link": "https://wiki.example.com/dpia/1", "digest": fixture.digest, "date": "2026-11-22"}}

restricted(category) := fixture.plus(fixture.sensitive(category), fixture.classified("restricted"))

earlier := fixture.admitted({"/spec/assessment": {"link": "https://wiki.example.com/dpia/1", "digest": fixture.digest, "date": "2026-05-01"}})

cases := {
	"no sensitive data": {"set": fixture.classified("restricted")},
	"internal personal data": {"set": fixture.sensitive("pii")},
	"restricted credentials are of nobody": {"set": restricted("credentials")},
	"restricted personal data": {"set": restricted("pii"), "problem": {"spec.assessment"}, "says": ["restricted personal data (`pii`)"]},
	"restricted health data": {"set": restricted("health"), "problem": {"spec.assessment"}},
	"restricted data of employees": {"set": restricted("employee"), "problem": {"spec.assessment"}},
	"restricted data of customers": {"set": restricted("customer"), "problem": {"spec.assessment"}},
	"signed today": {"set": fixture.plus(restricted("pii"), assessment)},
	"signed tomorrow": {
		"set": fixture.both([restricted("pii"), assessment, {"/today": "2026-11-21"}]),
		"problem": {"spec.assessment.date"},
		"says": ["`2026-11-22`, which has not come yet"],
	},
	"signed tomorrow for other data": {"set": fixture.both([fixture.sensitive("pii"), assessment, {"/today": "2026-11-21"}])},
	"other data, same assessment": {
		"set": fixture.both([restricted("pii"), assessment, earlier]),
		"problem": {"spec.assessment.digest"},
		"says": ["use of data changed"],
	},
	"other internal data, same assessment": {"set": fixture.both([fixture.sensitive("pii"), assessment, earlier])},
	"same data, same assessment": {"set": fixture.both([restricted("pii"), assessment, fixture.admitted({
		"/spec/data": fixture.sensitive("pii")["/app/spec/data"],
		"/spec/assessment": assessment["/app/spec/assessment"],
	})])},
	"other data, new assessment": {"set": fixture.both([restricted("pii"), assessment, fixture.admitted({"/spec/assessment": fixture.plus(
		assessment["/app/spec/assessment"],
		{"digest": replace(fixture.digest, "0", "f")},
	)})])},
	"other data, first assessment": {"set": fixture.both([restricted("pii"), assessment, fixture.admitted({})])},
	"on its last day": {"set": fixture.both([restricted("pii"), assessment, {"/today": "2026-12-21"}]), "settings": {"/data/assessed": 2592000}},
	"too old": {
		"set": fixture.both([restricted("pii"), assessment, {"/today": "2026-12-22"}]),
		"settings": {"/data/assessed": 2592000},
		"problem": {"spec.assessment.date"},
		"says": ["is of `2026-11-22`, and holds for `30d`"],
	},
	"old, for other data": {"set": fixture.both([fixture.sensitive("pii"), assessment, {"/today": "2026-12-22"}]), "settings": {"/data/assessed": 2592000}},
	"old, without an end": {"set": fixture.both([restricted("pii"), assessment, {"/today": "2099-12-22"}])},
	"a retired app": {"set": fixture.plus(restricted("pii"), fixture.staged("retired"))},
}
