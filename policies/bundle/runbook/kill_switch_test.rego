package levee.rules.runbook.kill_switch_test

import data.levee.fixture
import data.levee.rules.runbook.kill_switch as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

runbook(changes) := {"/app/spec/runbook": fixture.plus({"contact": "#fin-oncall", "killSwitch": "flag", "rollback": "last-admitted"}, changes)}

cases := {
	"no runbook": {},
	"a named flag": {"set": runbook({"flag": "rooms-enabled"})},
	"no name": {"set": runbook({}), "problem": {"spec.runbook.flag"}, "says": ["nothing says which one"]},
	"another switch": {"set": runbook({"killSwitch": "quarantine"})},
	"a retired app": {"set": fixture.plus(runbook({}), fixture.staged("retired"))},
}
