package levee.rules.models.approved_test

import data.levee.fixture
import data.levee.rules.models.approved as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

uses(name) := {"/app/spec/models": [fixture.plus(fixture.model, {"name": name})]}

cases := {
	"none": {},
	"an allowed one": {"set": uses("approved-llm")},
	"another": {"set": uses("shiny"), "problem": {"spec.models[shiny].name"}, "says": ["`shiny` is not among those", "Write `approved-llm`."]},
	"one of two": {
		"set": {"/app/spec/models": [fixture.model, fixture.plus(fixture.model, {"name": "shiny"})]},
		"problem": {"spec.models[shiny].name"},
	},
	"none allowed": {"set": uses("shiny"), "settings": {"/limits/models": []}, "problem": {"spec.models[shiny].name"}, "says": ["so far there is none"]},
	"a retired app": {"set": fixture.plus(uses("shiny"), fixture.staged("retired"))},
}
