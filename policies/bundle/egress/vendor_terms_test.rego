package levee.rules.egress.vendor_terms_test

import data.levee.fixture
import data.levee.rules.egress.vendor_terms as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

field := {"spec.integrations[acme-maps]"}

on(terms) := fixture.both([fixture.calling, fixture.sensitive("pii"), {"/refs/vendors": {"acme-maps": fixture.plus(fixture.vendor, {"terms": terms})}}])

but(change) := on(fixture.plus(fixture.vendor.terms, change))

without(name) := on(object.remove(fixture.vendor.terms, [name]))

none := {"encryption": false}

cases := {
	"no vendor": {"set": fixture.sensitive("pii")},
	"proper terms": {"set": on(fixture.vendor.terms)},
	"no data about people": {"set": fixture.plus(on(none), fixture.sensitive("financial"))},
	"no data": {"set": fixture.plus(on(none), {"/app/spec/data": []})},
	"no terms at all": {
		"set": on(none),
		"problem": field,
		"says": ["no agreement with the vendor `acme-maps`", "has not agreed to encrypt", "nobody has reviewed"],
	},
	"health data is about people": {"set": fixture.plus(on(none), fixture.sensitive("health")), "problem": field},
	"a call is enough": {"set": fixture.plus(on(none), {"/app/spec/integrations": []}), "problem": {"spec.egress[maps.example.com]"}},
	"no agreement": {"set": without("dpa"), "problem": field, "says": ["no agreement"], "never": ["encrypt", "reviewed"]},
	"an agreement without end": {"set": without("dpaUntil")},
	"the day after the agreement": {
		"set": fixture.plus(on(fixture.vendor.terms), {"/today": "2026-11-23"}),
		"problem": field,
		"says": ["ended on `2026-11-22`"],
	},
	"the day after the agreement, no data about people": {"set": fixture.both([on(fixture.vendor.terms), {"/today": "2026-11-23"}, fixture.sensitive("financial")])},
	"no encryption": {"set": but({"encryption": false}), "problem": field, "says": ["encrypt"], "never": ["no agreement", "reviewed"]},
	"no review": {"set": without("privacyReview"), "problem": field, "says": ["reviewed"], "never": ["agree"]},
	"a review to come": {"set": but({"privacyReview": "2026-11-23"}), "problem": field},
	"a review today": {"set": but({"privacyReview": "2026-11-22"})},
	"an unknown vendor is reported elsewhere": {"set": fixture.plus(on(none), {"/refs/vendors": {}})},
	"a retired app": {"set": fixture.plus(on(none), fixture.staged("retired"))},
}
