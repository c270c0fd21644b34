package levee.rules.ownership.second_factor_test

import data.levee.fixture
import data.levee.rules.ownership.second_factor as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

asked := {"/training/mfa": true}

cases := {
	"not asked": {},
	"not known": {"settings": asked, "problem": {"spec.owner.person"}, "says": ["owner `jdoe` signs in"]},
	"known": {"settings": asked, "set": {"/refs/owner/person/mfa": true}},
	"known not to": {"settings": asked, "set": {"/refs/owner/person/mfa": false}, "problem": {"spec.owner.person"}},
	"one who left is reported elsewhere": {"settings": asked, "set": {"/refs/owner/person/left": true}},
	"a retired app": {"settings": asked, "set": fixture.staged("retired")},
}
