package levee.rules.lifecycle.stage_order_test

import data.levee.fixture
import data.levee.rules.lifecycle.stage_order as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

moves(before, now) := fixture.plus(fixture.admitted({"/spec/lifecycle/stage": before}), fixture.staged(now))

cases := {
	"a first publication": {},
	"a new prototype": {"set": fixture.staged("prototype")},
	"approved": {"set": moves("prototype", "approved")},
	"into production": {"set": moves("approved", "production")},
	"at once": {
		"set": moves("prototype", "production"),
		"problem": {"spec.lifecycle.stage"},
		"says": ["straight into production", "Write `approved` first"],
	},
	"a prototype stays one": {"set": moves("prototype", "prototype")},
	"back from production": {"set": moves("production", "prototype")},
	"retired": {"set": moves("prototype", "retired")},
	"still retired": {"set": moves("retired", "retired")},
	"back from retirement": {"set": moves("retired", "production"), "approval": {"platform"}, "says": ["comes back from retirement as `production`"]},
	"back as a prototype": {"set": moves("retired", "prototype"), "approval": {"platform"}},
	"by whom the settings say": {"set": fixture.admitted({"/spec/lifecycle/stage": "retired"}), "settings": {"/approvers/return": ["security"]}, "approval": {"security"}},
}
