package levee.rules.egress.vendor_review_test

import data.levee.fixture
import data.levee.rules.egress.vendor_review as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"no vendor": {},
	"on the day": {"set": fixture.calling},
	"the day after": {
		"set": fixture.plus(fixture.calling, {"/today": "2026-11-23"}),
		"problem": {"spec.integrations[acme-maps]"},
		"says": ["`acme-maps` was to be looked at again by `2026-11-22`"],
	},
	"no day": {"set": fixture.both([fixture.calling, {"/today": "2026-11-23", "/refs/vendors": {"acme-maps": object.remove(fixture.vendor, ["review"])}}])},
	"a retired app": {"set": fixture.both([fixture.calling, fixture.staged("retired"), {"/today": "2026-11-23"}])},
}
