package levee.rules.ownership.fallback_test

import data.levee.fixture
import data.levee.rules.ownership.fallback as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"an active fallback": {},
	"no fallback": {
		"set": {"/refs/owner/fallback": null},
		"drop": ["/app/spec/owner/fallback"],
		"problem": {"spec.owner.fallback"},
		"says": ["Nobody takes over this app when its owner `jdoe` is gone."],
	},
	"no fallback, and a colleague": {
		"set": fixture.plus({"/refs/owner/fallback": null}, fixture.instead("fallback", "", {"near": "", "unread": "", "others": ["lead"]})),
		"drop": ["/app/spec/owner/fallback"],
		"problem": {"spec.owner.fallback"},
		"says": ["Write `fallback: lead`, or another colleague"],
	},
	"a fallback who is misspelt": {
		"set": fixture.plus({"/refs/owner/fallback": null}, fixture.instead("fallback", "lead", {"near": "leader", "unread": "", "others": ["other"]})),
		"problem": {"spec.owner.fallback"},
		"says": ["Did you mean `leader`?"],
	},
	"no fallback outside production": {"set": fixture.staged("approved"), "drop": ["/app/spec/owner/fallback"]},
	"the owner again": {
		"set": {"/app/spec/owner/fallback": "jdoe", "/refs/owner/fallback": fixture.person},
		"problem": {"spec.owner.fallback"},
		"says": ["also the fallback"],
	},
	"the owner again in a prototype": {"set": fixture.plus(fixture.staged("prototype"), {"/app/spec/owner/fallback": "jdoe"})},
	"an unknown fallback": {"set": {"/refs/owner/fallback": null}, "problem": {"spec.owner.fallback"}, "says": ["`lead` is unknown"]},
	"no word about the fallback": {"drop": ["/refs/owner/fallback"], "problem": {"spec.owner.fallback"}},
	"a fallback who left": {"set": {"/refs/owner/fallback/left": true}, "problem": {"spec.owner.fallback"}},
	"a bot as fallback": {"set": {"/refs/owner/fallback/bot": true}, "problem": {"spec.owner.fallback"}},
	"a fallback who left a prototype": {"set": fixture.plus(fixture.staged("prototype"), {"/refs/owner/fallback/left": true})},
}
