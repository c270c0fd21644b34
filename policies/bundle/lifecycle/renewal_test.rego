package levee.rules.lifecycle.renewal_test

import data.levee.fixture
import data.levee.rules.lifecycle.renewal as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

renewed(day) := {"/app/spec/lifecycle/renewed": day}

earlier := fixture.admitted({"/spec/lifecycle/renewed": "2026-04-02"})

cases := {
	"a first publication": {},
	"a first publication of an old app": {"set": renewed("2026-04-02")},
	"never renewed": {"set": fixture.admitted({})},
	"not renewed again": {"set": fixture.plus(earlier, renewed("2026-04-02"))},
	"renewed": {"set": fixture.plus(fixture.admitted({}), renewed("2026-11-22")), "approval": {"owner"}, "says": ["renewed on `2026-11-22`"]},
	"renewed again": {"set": fixture.plus(earlier, renewed("2026-11-22")), "approval": {"owner"}},
	"taken back": {"set": earlier, "approval": {"owner"}, "says": ["taken back"]},
}
