package levee.rules.lifecycle.prototype_vendors_test

import data.levee.fixture
import data.levee.rules.lifecycle.prototype_vendors as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"no vendor": {"set": fixture.staged("prototype")},
	"approved beforehand": {"set": fixture.plus(fixture.calling, fixture.staged("prototype"))},
	"not beforehand": {"set": fixture.both([fixture.calling, fixture.staged("prototype"), {"/refs/blueprint/spec/vendors": []}]), "problem": {"spec.integrations[acme-maps]"}, "says": ["vendor `acme-maps` beforehand"]},
	"no blueprint": {"set": fixture.both([fixture.calling, fixture.staged("prototype"), {"/refs/blueprint": null}]), "problem": {"spec.integrations[acme-maps]"}},
	"no prototype": {"set": fixture.both([fixture.calling, fixture.staged("approved"), {"/refs/blueprint/spec/vendors": []}])},
}
