package levee.rules.ownership.transfer_test

import data.levee.fixture
import data.levee.rules.ownership.transfer as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"a first publication": {},
	"the same owner": {"set": fixture.admitted({})},
	"another owner": {
		"set": fixture.admitted({"/spec/owner/person": "kim"}),
		"approval": {"product-owner"},
		"says": ["from `kim` to `jdoe`"],
	},
	"another team": {
		"set": fixture.admitted({"/spec/owner/team": "sales"}),
		"approval": {"product-owner", "platform"},
		"says": ["from the team `sales` to the team `finance`"],
	},
	"another fallback": {"set": fixture.admitted({"/spec/owner/fallback": "kim"})},
	"by whom the settings say": {
		"set": fixture.admitted({"/spec/owner/team": "ops"}),
		"settings": {"/approvers/owner": ["lead"], "/approvers/team": ["hr"]},
		"approval": {"lead", "hr"},
	},
}
