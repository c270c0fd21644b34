package levee.rules.access.sign_in_test

import data.levee.fixture
import data.levee.rules.access.sign_in as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

open(class) := fixture.plus({"/app/spec/access/sso": "none"}, fixture.classified(class))

cases := {
	"signing in": {},
	"signing in otherwise": {"set": {"/app/spec/access/sso": "saml"}},
	"public and open": {"set": open("public")},
	"internal and open": {"set": open("internal"), "problem": {"spec.access.sso"}, "says": ["classified `internal`, but anybody may open it"]},
	"restricted and open": {"set": open("restricted"), "problem": {"spec.access.sso"}},
	"a retired app": {"set": fixture.plus(open("internal"), fixture.staged("retired"))},
}
