package levee.rules.scopes.count_test

import data.levee.fixture
import data.levee.rules.scopes.count as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

scopes(list) := {"/app/spec/access/scopes": list}

cases := {
	"none": {"set": scopes([])},
	"as many as allowed": {"set": scopes(["api-read-service", "readonly-database"])},
	"one too many": {
		"set": scopes(["api-read-service", "call-internal-api", "readonly-database"]),
		"problem": {"spec.access.scopes[readonly-database]"},
		"says": ["asks for `3` permissions, more than the `2`", "Remove `readonly-database`, or another"],
	},
	"none allowed": {"settings": {"/limits/maxScopes": 0}, "problem": {"spec.access.scopes[readonly-database]"}},
	"a retired app": {"set": fixture.staged("retired"), "settings": {"/limits/maxScopes": 0}},
}
