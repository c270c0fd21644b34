package levee.rules.models.generated_code_test

import data.levee.fixture
import data.levee.rules.models.generated_code as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

code(generated, reviewer) := {"/app/spec/quality/generated": generated, "/app/spec/quality/reviewer": reviewer}

cases := {
	"no word": {},
	"by people": {"set": code("no", "")},
	"partly, read": {"set": code("partly", "lead")},
	"partly, by nobody": {"set": fixture.plus(code("partly", ""), {"/refs/reviewer": null}), "drop": ["/app/spec/quality/reviewer"], "problem": {"spec.quality.reviewer"}, "says": ["wrote some of the code"]},
	"mostly, by nobody": {"set": fixture.plus(code("mostly", ""), {"/refs/reviewer": null}), "problem": {"spec.quality.reviewer"}, "says": ["wrote most of the code"]},
	"by the owner": {"set": fixture.plus(code("partly", "jdoe"), {"/refs/reviewer": fixture.person}), "problem": {"spec.quality.reviewer"}},
	"by somebody who left": {"set": fixture.plus(code("partly", "lead"), {"/refs/reviewer": fixture.plus(fixture.lead, {"left": true})}), "problem": {"spec.quality.reviewer"}},
	"no quality at all": {"drop": ["/app/spec/quality"]},
	"not in production": {"set": fixture.both([code("mostly", ""), {"/refs/reviewer": null}, fixture.staged("approved")])},
}
