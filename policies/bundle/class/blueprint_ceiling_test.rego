package levee.rules.class.blueprint_ceiling_test

import data.levee.fixture
import data.levee.rules.class.blueprint_ceiling as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"at the ceiling": {},
	"below it": {"set": fixture.classified("public")},
	"above it": {
		"set": fixture.classified("confidential"),
		"problem": {"spec.blueprint"},
		"says": ["classified `confidential`", "`form@2` is made for data up to `internal`"],
	},
	"far above it": {"set": fixture.classified("restricted"), "problem": {"spec.blueprint"}},
	"under a higher ceiling": {"set": fixture.plus(fixture.classified("confidential"), {"/refs/blueprint/spec/ceiling": "restricted"})},
	"a missing blueprint is reported elsewhere": {"set": fixture.plus(fixture.classified("restricted"), {"/refs/blueprint": null})},
	"a retired app": {"set": fixture.plus(fixture.classified("restricted"), fixture.staged("retired"))},
}
