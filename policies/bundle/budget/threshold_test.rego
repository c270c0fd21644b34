package levee.rules.budget.threshold_test

import data.levee.fixture
import data.levee.rules.budget.threshold as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"little": {},
	"as much as the threshold": {"set": {"/app/spec/budget/monthly": 100}},
	"more": {
		"set": {"/app/spec/budget/monthly": 100.5},
		"approval": {"cost-team"},
		"says": ["`100.5 USD` a month, more than `100`"],
	},
	"no budget": {"drop": ["/app/spec/budget"]},
	"nothing is little enough": {"settings": {"/limits/monthly": 0}, "approval": {"cost-team"}},
	"a retired app": {"set": fixture.plus({"/app/spec/budget/monthly": 500}, fixture.staged("retired"))},
	"by whom the settings say": {"set": {"/app/spec/budget/monthly": 101}, "settings": {"/approvers/budget": ["finance"]}, "approval": {"finance"}},
}
