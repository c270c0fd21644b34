package levee.rules.egress.vendor_ceiling_test

import data.levee.fixture
import data.levee.rules.egress.vendor_ceiling as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

calling(class) := fixture.plus(fixture.calling, fixture.classified(class))

cases := {
	"no vendor": {"set": fixture.classified("restricted")},
	"at the ceiling": {"set": calling("internal")},
	"below it": {"set": calling("public")},
	"above it": {
		"set": calling("confidential"),
		"problem": {"spec.integrations[acme-maps].vendor"},
		"says": ["classified `confidential`, but the vendor `acme-maps` may receive data only up to `internal`"],
	},
	"above it, by a call": {
		"set": fixture.plus(calling("restricted"), {"/app/spec/integrations": []}),
		"problem": {"spec.egress[maps.example.com]"},
	},
	"above it, by the first of two calls": {
		"set": fixture.plus(calling("restricted"), {
			"/app/spec/integrations": [],
			"/app/spec/egress": ["a.tiles.example.com", "maps.example.com"],
			"/refs/domains": {"a.tiles.example.com": "acme-maps", "maps.example.com": "acme-maps"},
		}),
		"problem": {"spec.egress[a.tiles.example.com]"},
	},
	"an unknown vendor is reported elsewhere": {"set": fixture.plus(calling("restricted"), {"/refs/vendors": {}})},
	"a retired app": {"set": fixture.plus(calling("restricted"), fixture.staged("retired"))},
}
