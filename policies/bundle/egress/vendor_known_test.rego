package levee.rules.egress.vendor_known_test

import data.levee.fixture
import data.levee.rules.egress.vendor_known as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

unknown := {"/app/spec/integrations": [{"vendor": "other-maps", "scopes": [], "purpose": "maps"}]}

cases := {
	"no integration": {},
	"a known vendor": {"set": fixture.calling},
	"an unknown vendor": {
		"set": unknown,
		"problem": {"spec.integrations[other-maps]"},
		"says": ["The vendor `other-maps` is not among those", "Ask for `other-maps` to be approved, or take it out."],
	},
	"an unknown vendor with alternatives": {
		"set": fixture.plus(unknown, {"/refs/alternatives": {"maps": ["acme-maps", "globe"]}}),
		"problem": {"spec.integrations[other-maps]"},
		"says": ["Use `acme-maps`, `globe`, approved for the same purpose"],
	},
	"an unknown vendor with alternatives for something else": {
		"set": fixture.plus(unknown, {"/refs/alternatives": {"mail": ["post"], "maps": []}}),
		"problem": {"spec.integrations[other-maps]"},
		"says": ["Ask for `other-maps`"],
	},
	"a retired app": {"set": fixture.plus(unknown, fixture.staged("retired"))},
}
