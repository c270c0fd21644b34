package levee.rules.egress.hosts_test

import data.levee.fixture
import data.levee.rules.egress.hosts as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

calls(hosts) := {"/app/spec/egress": hosts}

cases := {
	"none": {},
	"as many as allowed": {"set": calls(["a.example.com", "b.example.com"]), "settings": {"/limits/hosts": 2}},
	"more": {"set": calls(["a.example.com", "b.example.com", "c.example.com"]), "settings": {"/limits/hosts": 2}, "problem": {"spec.egress"}, "says": ["may call 3 host names", "Leave 2 of them"]},
	"none allowed": {"set": calls(["a.example.com"]), "settings": {"/limits/hosts": 0}, "problem": {"spec.egress"}},
	"a retired app": {"set": fixture.plus(calls(["a.example.com"]), fixture.staged("retired")), "settings": {"/limits/hosts": 0}},
}
