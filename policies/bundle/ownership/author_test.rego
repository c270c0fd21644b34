package levee.rules.ownership.author_test

import data.levee.fixture
import data.levee.rules.ownership.author as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

stranger := {"person": "mallory", "bot": false}

cases := {
	"the owner": {},
	"a member of the team": {
		"set": {"/facts/author/person": "kim", "/refs/owner/team/members": ["jdoe", "kim"]},
	},
	"the fallback from another team": {"set": {"/facts/author/person": "lead", "/refs/owner/team/members": ["jdoe"]}},
	"the owner of an unknown team": {"set": {"/refs/owner/team": null}},
	"somebody else": {"set": {"/facts/author": stranger}, "approval": {"owner"}, "says": ["from `mallory`, who is not of the team `finance`"]},
	"somebody else and an unknown team": {"set": {"/facts/author": stranger, "/refs/owner/team": null}, "approval": {"owner"}},
	"somebody else and no fallback": {"set": {"/facts/author": stranger}, "drop": ["/app/spec/owner/fallback"], "approval": {"owner"}},
	"somebody unknown": {"set": {"/facts/author/person": ""}, "approval": {"owner"}, "says": ["somebody unknown"]},
	"an unknown bot": {"set": {"/facts/author": {"person": "", "bot": true}}, "approval": {"owner"}, "says": ["a bot"]},
	"a known bot": {"set": {"/facts/author": {"person": "updater", "bot": true}}, "approval": {"owner"}, "says": ["from `updater`"]},
	"somebody else changes an admitted app": {
		"set": fixture.plus(fixture.admitted({"/spec/runtime/cpu": 0.1}), {"/facts/author": stranger}),
		"approval": {"owner"},
	},
	"somebody else retires an app": {
		"set": fixture.both([fixture.admitted({}), fixture.staged("retired"), {"/facts/author": stranger}]),
		"approval": {"owner"},
	},
	"somebody else changes only the title": {"set": fixture.plus(fixture.admitted({"/spec/title": "Rooms"}), {"/facts/author": stranger})},
	"nobody asks": {"set": {"/facts/author": null}},
}
