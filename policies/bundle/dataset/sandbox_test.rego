package levee.rules.dataset.sandbox_test

import data.levee.fixture
import data.levee.rules.dataset.sandbox as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

prototype(says) := fixture.plus(fixture.listed(says), fixture.staged("prototype"))

cases := {
	"no data": {"set": fixture.staged("prototype")},
	"data of no file": {"set": fixture.plus(fixture.writing, fixture.staged("prototype"))},
	"sandbox data": {"set": prototype({"sandbox": true})},
	"sandbox data with a stand-in": {"set": prototype({"sandbox": true, "standIn": "made-rooms"})},
	"real data": {
		"set": prototype({}),
		"problem": {"spec.lifecycle.stage"},
		"says": ["`rooms`, which is no sandbox.", "Write `stage: approved` where the app needs such data, or leave the data set `rooms` out."],
	},
	"real data with a stand-in": {
		"set": prototype({"standIn": "made-rooms"}),
		"problem": {"spec.data[rooms].dataset"},
		"says": ["Write `made-rooms`, which stands in for it"],
	},
	"real data later": {"set": fixture.plus(fixture.listed({"standIn": "made-rooms"}), fixture.staged("approved"))},
}
