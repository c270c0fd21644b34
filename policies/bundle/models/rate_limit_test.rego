package levee.rules.models.rate_limit_test

import data.levee.fixture
import data.levee.rules.models.rate_limit as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

unlimited := {"/app/spec/models": [object.remove(fixture.model, ["rateLimit"])]}

cases := {
	"none": {},
	"limited": {"set": {"/app/spec/models": [fixture.model]}},
	"unlimited": {"set": unlimited, "problem": {"spec.models[approved-llm].rateLimit"}, "says": ["`approved-llm`, so a mistake"]},
	"a retired app": {"set": fixture.plus(unlimited, fixture.staged("retired"))},
}
