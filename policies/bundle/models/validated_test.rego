package levee.rules.models.validated_test

import data.levee.fixture
import data.levee.rules.models.validated as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

unchecked := {"/app/spec/models": [fixture.plus(fixture.model, {"validator": "none"})]}

bad := {"spec.models[approved-llm].validator"}

cases := {
	"none": {"set": fixture.writing},
	"checked": {"set": fixture.plus(fixture.writing, {"/app/spec/models": [fixture.model]})},
	"unchecked and writing": {"set": fixture.plus(fixture.writing, unchecked), "problem": bad, "says": ["nothing checks what the language model `approved-llm` says"]},
	"unchecked and writing by permission": {"set": fixture.plus(unchecked, {"/app/spec/access/scopes": ["write-database"]}), "problem": bad},
	"unchecked and reading": {"set": fixture.both([unchecked, {"/app/spec/data": [fixture.data_set]}])},
	"a retired app": {"set": fixture.both([fixture.writing, unchecked, fixture.staged("retired")])},
}
