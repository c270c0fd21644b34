package levee.rules.access.groups_test

import data.levee.fixture
import data.levee.rules.access.groups as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

nobody := {"/app/spec/access/groups": []}

cases := {
	"a group": {},
	"no group": {"set": nobody, "problem": {"spec.access.groups"}, "says": ["nothing says which people may use it", "Write `groups: [everyone]`"]},
	"no group, and one of the team": {
		"set": fixture.plus(nobody, fixture.instead("group", "", {"near": "", "unread": "", "others": ["finance-all"]})),
		"problem": {"spec.access.groups"},
		"says": ["Write `groups: [finance-all]`"],
	},
	"public without a group": {"set": fixture.plus(nobody, fixture.classified("public"))},
	"confidential without a group": {"set": fixture.plus(nobody, fixture.classified("confidential")), "problem": {"spec.access.groups"}},
	"scheduled without a group": {"set": fixture.plus(nobody, {"/app/spec/runtime/type": "scheduled"})},
	"a retired app": {"set": fixture.plus(nobody, fixture.staged("retired"))},
}
