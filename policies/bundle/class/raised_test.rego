package levee.rules.class.raised_test

import data.levee.fixture
import data.levee.rules.class.raised as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"a first publication": {"set": fixture.classified("restricted")},
	"unchanged": {"set": fixture.admitted({})},
	"raised": {
		"set": fixture.plus(fixture.admitted({}), fixture.classified("confidential")),
		"approval": {"security", "dpo"},
		"risk": {"high"},
		"says": ["rises from `internal` to `confidential`"],
	},
	"raised from public": {"set": fixture.admitted({"/spec/classification": "public"}), "approval": {"security", "dpo"}, "risk": {"high"}},
	"lowered": {"set": fixture.plus(fixture.admitted({}), fixture.classified("public"))},
	"retired": {"set": fixture.both([fixture.admitted({}), fixture.classified("confidential"), fixture.staged("retired")])},
	"by whom the settings say": {
		"set": fixture.plus(fixture.admitted({}), fixture.classified("confidential")),
		"settings": {"/approvers/raised": ["ciso"]},
		"approval": {"ciso"},
		"risk": {"high"},
	},
}
