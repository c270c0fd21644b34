package levee.rules.class.masking_test

import data.levee.fixture
import data.levee.rules.class.masking as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"no data": {},
	"personal data in full": {"set": fixture.sensitive("pii")},
	"health data in full": {"set": fixture.sensitive("health"), "problem": {"spec.data[rooms].masking"}, "says": ["The `health` data in `rooms`"]},
	"credentials in full": {"set": fixture.sensitive("credentials"), "problem": {"spec.data[rooms].masking"}},
	"health data in part": {"set": fixture.plus(fixture.sensitive("health"), {"/app/spec/data/0/masking": "partial"})},
	"health data, by the catalog": {"set": fixture.listed({"categories": ["health"]}), "problem": {"spec.data[rooms].masking"}},
	"a retired app": {"set": fixture.plus(fixture.sensitive("health"), fixture.staged("retired"))},
	"a category by the settings": {"set": fixture.sensitive("pii"), "settings": {"/data/masked": ["pii"]}, "problem": {"spec.data[rooms].masking"}},
	"none by the settings": {"set": fixture.sensitive("health"), "settings": {"/data/masked": []}},
}
