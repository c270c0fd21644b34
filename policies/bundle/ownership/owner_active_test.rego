package levee.rules.ownership.owner_active_test

import data.levee.fixture
import data.levee.rules.ownership.owner_active as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"an active owner": {},
	"an unknown owner": {
		"set": {"/refs/owner/person": null},
		"problem": {"spec.owner.person"},
		"says": ["`jdoe` is not on the catalog's list"],
	},
	"an owner who is misspelt": {
		"set": fixture.plus({"/refs/owner/person": null}, fixture.instead("person", "jdoe", {"near": "jane-doe", "unread": "", "others": ["lead"]})),
		"problem": {"spec.owner.person"},
		"says": ["Did you mean `jane-doe`?"],
		"never": ["Write"],
	},
	"no word about the owner": {"drop": ["/refs/owner"], "problem": {"spec.owner.person"}},
	"an owner who left": {
		"set": {"/refs/owner/person/left": true},
		"problem": {"spec.owner.person"},
		"says": ["no longer works here"],
	},
	"a bot as owner": {
		"set": {"/refs/owner/person/bot": true},
		"problem": {"spec.owner.person"},
		"says": ["is a bot"],
	},
	"a retired app may lack one": {"set": {"/refs/owner/person": null, "/app/spec/lifecycle/stage": "retired"}},
	"a retired app of one who left": {"set": {"/refs/owner/person/left": true, "/app/spec/lifecycle/stage": "retired"}},
	"a retired app of a bot": {"set": {"/refs/owner/person/bot": true, "/app/spec/lifecycle/stage": "retired"}},
}
