package levee.rules.runbook.present_test

import data.levee.fixture
import data.levee.rules.runbook.present as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

there := {"/app/spec/runbook": {"contact": "#fin-oncall", "killSwitch": "quarantine", "rollback": "last-admitted"}}

bad := {"spec.runbook"}

cases := {
	"harmless": {},
	"writing": {"set": fixture.writing, "problem": bad, "says": ["This app changes data, but nothing says whom"]},
	"confidential": {"set": fixture.classified("confidential"), "problem": bad, "says": ["touches confidential data"]},
	"restricted": {"set": fixture.classified("restricted"), "problem": bad},
	"personal data": {"set": fixture.sensitive("pii"), "problem": bad, "says": ["touches sensitive data"]},
	"personal data, by the catalog": {"set": fixture.listed({"categories": ["pii"]}), "problem": bad, "says": ["touches sensitive data"]},
	"a vendor": {"set": fixture.calling, "problem": bad, "says": ["exchanges data with vendors"]},
	"a call": {"set": {"/app/spec/egress": ["maps.example.com"]}, "problem": bad},
	"an integration": {"set": {"/app/spec/integrations": [{"vendor": "acme-maps", "scopes": [], "purpose": "maps"}]}, "problem": bad},
	"confidential and writing": {
		"set": fixture.plus(fixture.writing, fixture.classified("confidential")),
		"problem": bad,
		"says": ["This app changes data and touches confidential data, but"],
	},
	"with a runbook": {"set": fixture.plus(fixture.writing, there)},
	"not in production": {"set": fixture.plus(fixture.writing, fixture.staged("approved"))},
}
