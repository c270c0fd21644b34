package levee.rules.ownership.team_member_test

import data.levee.fixture
import data.levee.rules.ownership.team_member as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"a member": {},
	"an unknown team": {"set": {"/refs/owner/team": null}, "problem": {"spec.owner.team"}, "says": ["The team `finance` is not on"]},
	"no word about the team": {"drop": ["/refs/owner/team"], "problem": {"spec.owner.team"}},
	"a member of another team only": {
		"set": {"/refs/owner/person/teams": ["sales"]},
		"problem": {"spec.owner.team"},
		"says": ["`jdoe` is not a member of the team `finance`", "have `jdoe` added"],
	},
	"a member of another team only, that has a name": {
		"set": fixture.plus({"/refs/owner/person/teams": ["sales"]}, fixture.instead("team", "finance", {"near": "", "unread": "", "others": ["sales"]})),
		"problem": {"spec.owner.team"},
		"says": ["Write `sales`, or name an owner from the team `finance`."],
	},
	"an owner without any team, where somebody could own it": {
		"set": fixture.plus({"/refs/owner/person/teams": []}, fixture.instead("member", "jdoe", {"near": "", "unread": "", "others": ["lead"]})),
		"problem": {"spec.owner.person"},
		"says": ["Write `lead`, or have `jdoe` added to the team `finance`."],
	},
	"an owner without any team": {"set": {"/refs/owner/person/teams": []}, "problem": {"spec.owner.team"}},
	"an unknown owner is reported elsewhere": {"set": {"/refs/owner/person": null}},
	"a retired app of an unknown team": {"set": {"/refs/owner/team": null, "/app/spec/lifecycle/stage": "retired"}},
	"a retired app of an outsider": {"set": {"/refs/owner/person/teams": [], "/app/spec/lifecycle/stage": "retired"}},
}
