package levee.rules.budget.profile_test

import data.levee.fixture
import data.levee.rules.budget.profile as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"no limit": {},
	"as much": {"settings": {"/limits/profiles/micro": 50}},
	"more": {"settings": {"/limits/profiles/micro": 49}, "problem": {"spec.budget.monthly"}, "says": ["cost `50` a month", "`micro`, which goes up to `49`", "Write `49` or less"]},
	"of another profile": {"settings": {"/limits/profiles/high": 49}},
	"no blueprint": {"settings": {"/limits/profiles/micro": 49}, "set": {"/refs/blueprint": null}},
	"a retired app": {"settings": {"/limits/profiles/micro": 49}, "set": fixture.staged("retired")},
}
