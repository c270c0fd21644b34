package levee.rules.models.output_check_test

import data.levee.fixture
import data.levee.rules.models.output_check as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

unchecked := {"/app/spec/models": [fixture.plus(fixture.model, {"validator": "none"})]}

cases := {
	"none": {},
	"checked": {"set": {"/app/spec/models": [fixture.model]}},
	"unchecked": {"set": unchecked, "problem": {"spec.models[approved-llm].validator"}, "says": ["Nothing checks what the language model `approved-llm` says"]},
	"unchecked and writing is reported elsewhere": {"set": fixture.plus(fixture.writing, unchecked)},
	"a retired app": {"set": fixture.plus(unchecked, fixture.staged("retired"))},
}
