package levee.rules.budget.team_total_test

import data.levee.fixture
import data.levee.rules.budget.team_total as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

over := {"/facts/catalog/teamTotal": 1050, "/facts/catalog/teamLimit": 1000}

cases := {
	"within": {},
	"a new app over it": {
		"set": over,
		"problem": {"spec.budget.monthly"},
		"says": ["the team `finance` may cost `1050` a month together, more than the `1000`", "Write `0`, lower another budget"],
	},
	"a new app that alone is not enough": {
		"set": fixture.plus(over, {"/app/spec/budget/monthly": 20}),
		"problem": {"spec.budget.monthly"},
		"says": ["Lower budgets of the team by `50` together"],
	},
	"a new app without a budget": {"set": over, "drop": ["/app/spec/budget"]},
	"a new app that costs nothing": {"set": fixture.plus(over, {"/app/spec/budget/monthly": 0})},
	"as it was": {"set": fixture.plus(over, fixture.admitted({}))},
	"lowered": {"set": fixture.plus(over, fixture.admitted({"/spec/budget/monthly": 80}))},
	"raised": {"set": fixture.plus(over, fixture.admitted({"/spec/budget/monthly": 40})), "problem": {"spec.budget.monthly"}},
	"new to the team": {"set": fixture.plus(over, fixture.admitted({"/spec/owner/team": "sales"})), "problem": {"spec.budget.monthly"}},
	"back from retirement": {"set": fixture.plus(over, fixture.admitted({"/spec/lifecycle/stage": "retired"})), "problem": {"spec.budget.monthly"}},
	"the first budget": {"set": fixture.plus(over, {"/admitted": json.remove(fixture.app, ["/spec/budget"])}), "problem": {"spec.budget.monthly"}},
	"a retired app": {"set": fixture.plus(over, fixture.staged("retired"))},
}
