package levee.rules.egress.outside_test

import data.levee.fixture
import data.levee.rules.egress.outside as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

beyond := fixture.plus(fixture.calling, {"/refs/blueprint/spec/vendors": ["post"]})

cases := {
	"no vendor": {},
	"a vendor of the blueprint": {"set": fixture.calling},
	"another vendor": {
		"set": beyond,
		"approval": {"security"},
		"risk": {"medium"},
		"says": ["does not approve the vendor `acme-maps` beforehand", "exchanges data with `acme-maps`"],
	},
	"another vendor, by a call": {"set": fixture.plus(beyond, {"/app/spec/integrations": []}), "approval": {"security"}, "risk": {"medium"}},
	"no blueprint": {"set": fixture.plus(fixture.calling, {"/refs/blueprint": null}), "approval": {"security"}, "risk": {"medium"}},
	"an unknown vendor is reported elsewhere": {"set": fixture.plus(beyond, {"/refs/vendors": {}})},
	"a retired app": {"set": fixture.plus(beyond, fixture.staged("retired"))},
	"by whom the settings say": {
		"set": fixture.plus(fixture.calling, {"/refs/blueprint": null}),
		"settings": {"/approvers/egress": ["procurement"]},
		"approval": {"procurement"},
		"risk": {"medium"},
	},
}
