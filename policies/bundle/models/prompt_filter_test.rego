package levee.rules.models.prompt_filter_test

import data.levee.fixture
import data.levee.rules.models.prompt_filter as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

model(filter) := {"/app/spec/models": [{"name": "approved-llm", "purpose": "sort", "rateLimit": "60/min", "validator": "schema", "filter": filter}]}

cases := {
	"no model": {"set": fixture.sensitive("pii")},
	"no sensitive data": {"set": model("none")},
	"no filter": {"set": fixture.plus(model("none"), fixture.sensitive("pii")), "problem": {"spec.models[approved-llm].filter"}, "says": ["(`pii`)", "model `approved-llm`"]},
	"masked": {"set": fixture.plus(model("mask"), fixture.sensitive("pii"))},
	"rejected": {"set": fixture.plus(model("reject"), fixture.sensitive("pii"))},
	"a retired app": {"set": fixture.both([model("none"), fixture.sensitive("pii"), fixture.staged("retired")])},
}
