package levee.rules.secrets.build_identity_test

import data.levee.fixture
import data.levee.rules.secrets.build_identity as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"no word": {},
	"an identity": {"set": {"/app/spec/quality/build": "oidc"}},
	"a key": {"set": {"/app/spec/quality/build": "key"}, "problem": {"spec.quality.build"}, "says": ["stored key"]},
	"a retired app": {"set": fixture.plus({"/app/spec/quality/build": "key"}, fixture.staged("retired"))},
}
