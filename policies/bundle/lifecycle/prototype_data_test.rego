package levee.rules.lifecycle.prototype_data_test

import data.levee.fixture
import data.levee.rules.lifecycle.prototype_data as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

prototype(change) := fixture.plus(fixture.staged("prototype"), change)

cases := {
	"a prototype": {"set": prototype({})},
	"a public prototype": {"set": prototype(fixture.classified("public"))},
	"a confidential prototype": {"set": prototype(fixture.classified("confidential")), "problem": {"spec.lifecycle.stage"}, "says": ["data classified `confidential`"]},
	"a restricted prototype": {"set": prototype(fixture.classified("restricted")), "problem": {"spec.lifecycle.stage"}},
	"personal data": {"set": prototype(fixture.sensitive("pii"))},
	"health data": {"set": prototype(fixture.sensitive("health")), "problem": {"spec.lifecycle.stage"}, "says": ["`health` data, which `rooms` holds"]},
	"health data, by the catalog": {"set": prototype(fixture.listed({"categories": ["health"]})), "problem": {"spec.lifecycle.stage"}},
	"credentials": {"set": prototype(fixture.sensitive("credentials")), "problem": {"spec.lifecycle.stage"}},
	"an approved app": {"set": fixture.both([fixture.staged("approved"), fixture.sensitive("health"), fixture.classified("restricted")])},
	"a category by the settings": {"set": prototype(fixture.sensitive("pii")), "settings": {"/data/prototypes": ["pii"]}, "problem": {"spec.lifecycle.stage"}},
	"none by the settings": {"set": prototype(fixture.sensitive("health")), "settings": {"/data/prototypes": []}},
}
