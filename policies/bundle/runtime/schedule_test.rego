package levee.rules.runtime.schedule_test

import data.levee.fixture
import data.levee.rules.runtime.schedule as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

type(text) := {"/app/spec/runtime/type": text}

cases := {
	"not scheduled": {},
	"scheduled without times": {"set": type("scheduled"), "problem": {"spec.runtime.schedule"}, "says": ["it would never run"]},
	"scheduled with times": {"set": fixture.plus(type("scheduled"), {"/app/spec/runtime/schedule": "0 7 * * 1"})},
	"times that never come": {
		"set": {"/app/spec/runtime/schedule": "0 0 30 2 *", "/facts/schedule": "names days that never come"},
		"problem": {"spec.runtime.schedule"},
		"says": ["`0 0 30 2 *`, cannot be: the expression names days that never come."],
	},
	"times that never come, of a retired app": {"set": fixture.plus({"/app/spec/runtime/schedule": "0 0 30 2 *", "/facts/schedule": "names days that never come"}, fixture.staged("retired"))},
	"a retired app": {"set": fixture.plus(type("scheduled"), fixture.staged("retired"))},
}
