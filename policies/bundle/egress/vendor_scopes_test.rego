package levee.rules.egress.vendor_scopes_test

import data.levee.fixture
import data.levee.rules.egress.vendor_scopes as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

asking(scopes) := fixture.plus(fixture.calling, {"/app/spec/integrations/0/scopes": scopes})

cases := {
	"no integration": {},
	"an approved permission": {"set": fixture.calling},
	"no permission": {"set": asking([])},
	"one too many": {
		"set": asking(["geocode", "history"]),
		"problem": {"spec.integrations[acme-maps].scopes[history]"},
		"says": ["asks `acme-maps` for the permission `history`", "approved are `geocode`, `route`"],
	},
	"two too many": {
		"set": asking(["*", "history"]),
		"problem": {"spec.integrations[acme-maps].scopes[*]", "spec.integrations[acme-maps].scopes[history]"},
	},
	"none approved": {
		"set": fixture.both([fixture.calling, {"/refs/vendors": {"acme-maps": fixture.plus(fixture.vendor, {"scopes": []})}}]),
		"problem": {"spec.integrations[acme-maps].scopes[geocode]"},
		"says": ["no permission is approved there"],
	},
	"an unknown vendor is reported elsewhere": {"set": fixture.plus(asking(["history"]), {"/refs/vendors": {}})},
	"a retired app": {"set": fixture.plus(asking(["history"]), fixture.staged("retired"))},
}
