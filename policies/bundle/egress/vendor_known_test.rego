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
		"problem": {"spec.integrations[other-maps].vendor"},
		"says": ["The vendor `other-maps` is not among those", "Ask for `other-maps` to be approved, or use one that is."],
	},
	"an unknown vendor with alternatives": {
		"set": fixture.plus(unknown, fixture.instead("vendor", "other-maps", {"near": "", "unread": "", "others": ["acme-maps", "globe"]})),
		"problem": {"spec.integrations[other-maps].vendor"},
		"says": ["Write one of `acme-maps`, `globe`."],
	},
	"a vendor whose file cannot be read": {
		"set": fixture.plus(unknown, fixture.instead("vendor", "other-maps", {"near": "others-maps", "unread": "vendors/other-maps.yaml", "others": []})),
		"problem": {"spec.integrations[other-maps].vendor"},
		"says": ["Mend the file `vendors/other-maps.yaml` first"],
		"never": ["Did you mean"],
	},
	"a retired app": {"set": fixture.plus(unknown, fixture.staged("retired"))},
}
