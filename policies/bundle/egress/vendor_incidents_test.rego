package levee.rules.egress.vendor_incidents_test

import data.levee.fixture
import data.levee.rules.egress.vendor_incidents as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

told(seconds) := fixture.both([fixture.calling, fixture.sensitive("pii"), {"/refs/vendors": {"acme-maps": json.patch(
	fixture.vendor,
	[{"op": "replace", "path": "/terms/incidentNotice", "value": seconds}],
)}}])

cases := {
	"no vendor": {"set": fixture.sensitive("pii")},
	"within a day": {"set": told(86400)},
	"within three days": {"set": told(259200)},
	"within the time of the settings": {"set": told(345600), "settings": {"/limits/notice": 345600}},
	"after the time of the settings": {"set": told(259200), "settings": {"/limits/notice": 86400}, "problem": {"spec.integrations[acme-maps]"}, "says": ["within `1d`"]},
	"later": {
		"set": told(259201),
		"problem": {"spec.integrations[acme-maps]"},
		"says": ["`acme-maps` has not promised"],
	},
	"no promise": {"set": told(0), "drop": ["/refs/vendors/acme-maps/terms/incidentNotice"], "problem": {"spec.integrations[acme-maps]"}},
	"no data about people": {"set": fixture.plus(told(259201), fixture.sensitive("financial"))},
	"a retired app": {"set": fixture.plus(told(259201), fixture.staged("retired"))},
}
