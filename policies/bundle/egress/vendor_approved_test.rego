package levee.rules.egress.vendor_approved_test

import data.levee.fixture
import data.levee.rules.egress.vendor_approved as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"no calls": {},
	"a covered host": {"set": fixture.calling},
	"an uncovered host": {
		"set": {"/app/spec/egress": ["maps.example.net"], "/refs/domains": {"maps.example.net": null}},
		"problem": {"spec.egress[maps.example.net]"},
		"says": ["This app may call `maps.example.net`, which no approved vendor covers.", "Remove `maps.example.net`"],
	},
	"no word about the host": {"set": {"/app/spec/egress": ["maps.example.net"]}, "problem": {"spec.egress[maps.example.net]"}},
	"one of two": {
		"set": fixture.plus(fixture.calling, {"/app/spec/egress": ["a.example.net", "maps.example.com"]}),
		"problem": {"spec.egress[a.example.net]"},
		"says": ["if `acme-maps` can do the same"],
	},
	"a vendor of the same purpose": {
		"set": {
			"/app/spec/egress": ["maps.example.net"],
			"/app/spec/integrations": [{"vendor": "other-maps", "scopes": [], "purpose": "maps"}],
			"/refs/domains": {"maps.example.net": null},
			"/refs/alternatives": {"maps": ["acme-maps"], "mail": ["post"]},
		},
		"problem": {"spec.egress[maps.example.net]"},
		"says": ["and use an approved vendor such as `acme-maps`"],
	},
	"a vendor that cannot be read": {"set": fixture.plus(fixture.calling, {"/refs/vendors": {}}), "problem": {"spec.egress[maps.example.com]"}},
	"a known vendor is no reason to suggest one of its purpose": {
		"set": fixture.plus(fixture.calling, {
			"/app/spec/egress": ["a.example.net"],
			"/refs/alternatives": {"show offices": ["office-finder"]},
		}),
		"problem": {"spec.egress[a.example.net]"},
		"says": ["if `office-finder` can do the same"],
	},
	"a retired app": {"set": fixture.plus({"/app/spec/egress": ["maps.example.net"]}, fixture.staged("retired"))},
}
