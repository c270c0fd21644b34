package levee.rules.scopes.elevated_test

import data.levee.fixture
import data.levee.rules.scopes.elevated as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

scopes(list) := {"/app/spec/access/scopes": list}

cases := {
	"none": {"set": scopes([])},
	"fine for every app": {"set": scopes(["api-read-service", "readonly-database"])},
	"fine by the blueprint": {"set": scopes(["call-internal-api"])},
	"not without the blueprint": {
		"set": fixture.plus(scopes(["call-internal-api"]), {"/refs/blueprint": null}),
		"approval": {"security"},
		"risk": {"medium"},
	},
	"unusual": {
		"set": scopes(["read-payroll"]),
		"approval": {"security"},
		"risk": {"medium"},
		"says": ["asks for the permission `read-payroll`"],
	},
	"to change data": {"set": scopes(["write-database"]), "approval": {"app-steering-committee", "security"}, "risk": {"high"}},
	"to reach outside": {"set": scopes(["external-network"]), "approval": {"app-steering-committee", "security"}, "risk": {"high"}},
	"to change data, fine for every app": {"set": scopes(["write-database"]), "settings": {"/limits/scopes": ["write-database"]}},
	"two": {"set": scopes(["read-payroll", "write-database"]), "approval": {"app-steering-committee", "security"}, "risk": {"medium", "high"}},
	"by whom the settings say": {
		"set": scopes(["read-payroll", "write-database"]),
		"settings": {"/approvers/scopes": ["platform"], "/approvers/elevated": ["ciso or security"]},
		"approval": {"platform", "ciso or security"},
		"risk": {"medium", "high"},
	},
	"elevated by the settings": {
		"set": scopes(["read-payroll", "write-database"]),
		"settings": {"/limits/elevated": ["read-pay*"]},
		"approval": {"app-steering-committee", "security"},
		"risk": {"medium", "high"},
		"says": ["`write-database`"],
	},
	"no star, no start": {"set": scopes(["write-database"]), "settings": {"/limits/elevated": ["write-"]}, "approval": {"security"}, "risk": {"medium"}},
	"nobody by the settings": {"set": scopes(["read-payroll"]), "settings": {"/approvers/scopes": []}, "risk": {"medium"}},
	"nothing is fine": {"settings": {"/limits/scopes": []}, "approval": {"security"}, "risk": {"medium"}},
	"a retired app": {"set": fixture.plus(scopes(["write-database"]), fixture.staged("retired"))},
}
