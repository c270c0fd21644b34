package levee.rules.budget.declared_test

import data.levee.fixture
import data.levee.rules.budget.declared as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"a budget": {},
	"nothing is a budget too": {"set": {"/app/spec/budget/monthly": 0}},
	"no budget": {"drop": ["/app/spec/budget"], "problem": {"spec.budget"}, "says": ["Nobody has said"]},
	"a retired app": {"set": fixture.staged("retired"), "drop": ["/app/spec/budget"]},
}
