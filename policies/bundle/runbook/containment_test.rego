package levee.rules.runbook.containment_test

import data.levee.fixture
import data.levee.rules.runbook.containment as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

runbook(changes) := {"/app/spec/runbook": fixture.plus({"contact": "#fin-oncall", "killSwitch": "quarantine", "rollback": "last-admitted"}, changes)}

bad := {"spec.runbook.containment"}

cases := {
	"nothing sensitive": {"set": runbook({})},
	"no runbook is reported elsewhere": {"set": fixture.classified("confidential")},
	"confidential without steps": {"set": fixture.plus(runbook({}), fixture.classified("confidential")), "problem": bad, "says": ["what to do first when it leaks"]},
	"personal data without steps": {"set": fixture.plus(runbook({}), fixture.sensitive("pii")), "problem": bad},
	"with steps": {"set": fixture.plus(runbook({"containment": "Close the export."}), fixture.classified("confidential"))},
	"not in production": {"set": fixture.both([runbook({}), fixture.classified("confidential"), fixture.staged("approved")])},
}
