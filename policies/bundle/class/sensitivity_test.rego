package levee.rules.class.sensitivity_test

import data.levee.fixture
import data.levee.rules.class.sensitivity as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"nothing sensitive": {},
	"public": {"set": fixture.classified("public")},
	"confidential": {"set": fixture.classified("confidential"), "risk": {"medium"}},
	"restricted": {"set": fixture.classified("restricted"), "risk": {"high"}},
	"writing": {"set": fixture.writing, "risk": {"medium"}, "says": ["can change data"]},
	"writing by scope": {"set": {"/app/spec/access/scopes": ["write-database"]}, "risk": {"medium"}},
	"writing confidential data": {
		"set": fixture.plus(fixture.writing, fixture.classified("confidential")),
		"risk": {"medium", "high"},
		"says": ["can change confidential data"],
	},
	"personal data": {"set": fixture.sensitive("pii"), "risk": {"medium"}, "says": ["touches `pii` data"]},
	"financial data": {"set": fixture.sensitive("financial"), "risk": {"medium"}},
	"data of employees": {"set": fixture.sensitive("employee"), "risk": {"medium"}},
	"data of customers": {"set": fixture.sensitive("customer"), "risk": {"medium"}},
	"health data": {"set": fixture.sensitive("health"), "risk": {"high"}},
	"credentials": {"set": fixture.sensitive("credentials"), "risk": {"high"}},
	"a public data set": {"set": fixture.listed({"classification": "public"})},
	"a confidential data set": {"set": fixture.listed({"classification": "confidential"}), "risk": {"medium"}, "says": ["the data set `rooms` is classified `confidential`"]},
	"a confidential data set in a confidential app": {
		"set": fixture.plus(fixture.listed({"classification": "confidential"}), fixture.classified("confidential")),
		"risk": {"medium"},
		"never": ["the data set"],
	},
	"a restricted data set": {"set": fixture.listed({"classification": "restricted"}), "risk": {"high"}},
	"writing a confidential data set": {
		"set": fixture.plus(fixture.listed({"classification": "confidential"}), fixture.writing),
		"risk": {"medium", "high"},
		"says": ["the app can change the confidential data set `rooms`"],
	},
	"writing an internal data set": {"set": fixture.plus(fixture.listed({}), fixture.writing), "risk": {"medium"}},
	"health data, by the catalog": {"set": fixture.listed({"categories": ["health"]}), "risk": {"high"}, "says": ["touches `health` data"]},
	"retired, with a restricted data set": {"set": fixture.both([fixture.listed({"classification": "restricted"}), fixture.staged("retired")])},
	"retired, writing a confidential data set": {"set": fixture.both([fixture.listed({"classification": "confidential"}), fixture.writing, fixture.staged("retired")])},
	"retired and confidential": {"set": fixture.both([fixture.classified("confidential"), fixture.writing, fixture.staged("retired")])},
	"retired and restricted": {"set": fixture.both([fixture.classified("restricted"), fixture.sensitive("pii"), fixture.staged("retired")])},
	"risk by the settings": {"set": fixture.sensitive("pii"), "settings": {"/data/risks/pii": "high"}, "risk": {"high"}, "says": ["touches `pii` data"]},
}
