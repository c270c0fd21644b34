package levee.rules.lifecycle.dates_test

import data.levee.fixture
import data.levee.rules.lifecycle.dates as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

renewed(day) := {"/app/spec/lifecycle/renewed": day}

created(day) := {"/app/spec/lifecycle/created": day}

cases := {
	"in the past": {},
	"created today": {"set": created("2026-11-22")},
	"created tomorrow": {"set": created("2026-11-23"), "problem": {"spec.lifecycle.created"}, "says": ["first asked for on `2026-11-23`", "Write `2026-11-22`, or the true day before it."]},
	"created as before": {"set": fixture.admitted({})},
	"created anew": {
		"set": fixture.admitted({"/spec/lifecycle/created": "2025-12-01"}),
		"problem": {"spec.lifecycle.created"},
		"says": ["changes from `2025-12-01` to `2026-01-10`", "Write `2025-12-01` again"],
	},
	"renewed today": {"set": renewed("2026-11-22")},
	"renewed tomorrow": {"set": renewed("2026-11-23"), "problem": {"spec.lifecycle.renewed"}, "says": ["has not come yet"]},
	"renewed when created": {"set": renewed("2026-01-10")},
	"renewed before": {"set": renewed("2026-01-09"), "problem": {"spec.lifecycle.renewed"}, "says": ["before it was first asked for on `2026-01-10`"]},
	"false dates of a retired app": {
		"set": fixture.plus(created("2027-01-01"), fixture.staged("retired")),
		"problem": {"spec.lifecycle.created"},
	},
}
