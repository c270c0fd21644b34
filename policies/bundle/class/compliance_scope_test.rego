package levee.rules.class.compliance_scope_test

import data.levee.fixture
import data.levee.rules.class.compliance_scope as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"in no scope": {},
	"soc2": {"set": {"/app/spec/compliance": ["soc2"]}, "approval": {"security"}, "says": ["in the scope of `soc2`"]},
	"iso27001": {"set": {"/app/spec/compliance": ["iso27001"]}, "approval": {"security"}},
	"pci": {"set": {"/app/spec/compliance": ["pci"]}, "approval": {"security"}},
	"gdpr": {"set": {"/app/spec/compliance": ["gdpr"]}, "approval": {"dpo"}},
	"hipaa": {"set": {"/app/spec/compliance": ["hipaa"]}, "approval": {"dpo"}},
	"two": {"set": {"/app/spec/compliance": ["gdpr", "soc2"]}, "approval": {"dpo", "security"}},
	"a retired app": {"set": {"/app/spec/compliance": ["soc2"], "/app/spec/lifecycle/stage": "retired"}},
	"by whom the settings say": {"set": {"/app/spec/compliance": ["pci"]}, "settings": {"/approvers/standards/pci": ["treasury", "security"]}, "approval": {"treasury", "security"}},
	"nobody by the settings": {"set": {"/app/spec/compliance": ["pci"]}, "settings": {"/approvers/standards/pci": []}},
}
