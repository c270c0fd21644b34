package levee.rules.access.session_test

import data.levee.fixture
import data.levee.rules.access.session as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

held(seconds) := {"/app/spec/access/session": seconds}

cases := {
	"as long as allowed": {},
	"longer": {"set": held(901), "problem": {"spec.access.session"}, "says": ["holds for `901s`, longer than the `15m` allowed", "Write `15m` or less."]},
	"longer is allowed": {"set": held(901), "settings": {"/limits/session": 3600}},
	"without a sign-in": {"set": fixture.plus(held(901), {"/app/spec/access/sso": "none"})},
	"a retired app": {"set": fixture.plus(held(901), fixture.staged("retired"))},
}
