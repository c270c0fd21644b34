package levee.rules.budget.cost_center_test

import data.levee.fixture
import data.levee.rules.budget.cost_center as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"a cost center": {},
	"other labels": {"set": {"/app/metadata/labels": {"area": "sales"}}, "problem": {"metadata.labels.costCenter"}, "says": ["names no cost center"]},
	"no labels": {"set": {"/app/metadata/labels": {}}, "problem": {"metadata.labels.costCenter"}},
	"an empty label": {"set": {"/app/metadata/labels": {"costCenter": ""}}, "problem": {"metadata.labels.costCenter"}},
	"a retired app": {"set": fixture.plus({"/app/metadata/labels": {}}, fixture.staged("retired"))},
}
