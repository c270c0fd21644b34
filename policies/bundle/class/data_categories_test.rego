package levee.rules.class.data_categories_test

import data.levee.fixture
import data.levee.rules.class.data_categories as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"no data": {},
	"data of no category": {"set": fixture.writing},
	"personal data, internal": {
		"set": fixture.sensitive("pii"),
		"approval": {"dpo"},
		"risk": {"medium"},
		"says": ["`pii` data is handled by an app classified only `internal`"],
	},
	"financial data, internal": {"set": fixture.sensitive("financial"), "approval": {"security"}, "risk": {"medium"}},
	"personal data, confidential": {"set": fixture.plus(fixture.sensitive("pii"), fixture.classified("confidential"))},
	"personal data, public": {
		"set": fixture.plus(fixture.sensitive("pii"), fixture.classified("public")),
		"problem": {"spec.classification"},
		"approval": {"dpo"},
		"risk": {"medium"},
		"says": ["`rooms` holds `pii` data", "Write `internal`"],
	},
	"employees, internal": {"set": fixture.sensitive("employee")},
	"employees, public": {"set": fixture.plus(fixture.sensitive("employee"), fixture.classified("public")), "problem": {"spec.classification"}},
	"customers, public": {"set": fixture.plus(fixture.sensitive("customer"), fixture.classified("public")), "problem": {"spec.classification"}},
	"financial data, public": {
		"set": fixture.plus(fixture.sensitive("financial"), fixture.classified("public")),
		"problem": {"spec.classification"},
		"approval": {"security"},
		"risk": {"medium"},
	},
	"health data, confidential": {
		"set": fixture.plus(fixture.sensitive("health"), fixture.classified("confidential")),
		"problem": {"spec.classification"},
		"says": ["Write `restricted`"],
	},
	"credentials, internal": {"set": fixture.sensitive("credentials"), "problem": {"spec.classification"}},
	"health data, restricted": {"set": fixture.plus(fixture.sensitive("health"), fixture.classified("restricted"))},
	"health data, by the catalog": {
		"set": fixture.listed({"categories": ["health", "pii"]}),
		"problem": {"spec.classification"},
		"approval": {"dpo"},
		"risk": {"medium"},
		"says": ["The data set `rooms` holds `health` data"],
	},
	"a retired app": {"set": fixture.both([fixture.sensitive("pii"), fixture.classified("public"), fixture.staged("retired")])},
	"a floor by the settings": {
		"set": fixture.sensitive("pii"),
		"settings": {"/data/floors/pii": "confidential", "/approvers/categories/pii": []},
		"problem": {"spec.classification"},
		"says": ["Write `confidential`"],
	},
	"by whom the settings say": {
		"set": fixture.sensitive("employee"),
		"settings": {"/approvers/categories/employee": ["hr"]},
		"approval": {"hr"},
		"risk": {"medium"},
	},
}
