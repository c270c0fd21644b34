package levee.rules.runtime.limits_test

import data.levee.fixture
import data.levee.rules.runtime.limits as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

asks(field, amount) := {concat("/", ["/app/spec/runtime", field]): amount}

cases := {
	"small": {},
	"as much as allowed": {"set": {
		"/app/spec/runtime/cpu": 1,
		"/app/spec/runtime/memory": 1073741824,
		"/app/spec/runtime/timeout": 3600,
		"/app/spec/runtime/concurrency": 50,
	}},
	"too much processor": {"set": asks("cpu", 1.001), "problem": {"spec.runtime.cpu"}, "says": ["`1001m` of processor, more than the `1000m`"]},
	"too much memory": {"set": asks("memory", 1073741825), "problem": {"spec.runtime.memory"}, "says": ["`1073741825` of memory", "Write `1Gi` or less."]},
	"too much time": {"set": asks("timeout", 3601), "problem": {"spec.runtime.timeout"}, "says": ["`3601s`, more than the `1h`"]},
	"two and a half Mi too much": {"set": asks("memory", 1076363264), "problem": {"spec.runtime.memory"}, "says": ["`1051136Ki`"]},
	"no time": {"drop": ["/app/spec/runtime/timeout"], "problem": {"spec.runtime.timeout"}, "says": ["Nothing ends a run"]},
	"too many at once": {"set": asks("concurrency", 51), "problem": {"spec.runtime.concurrency"}, "says": ["`51` requests at once, more than the `50`"]},
	"nothing allowed": {"without": ["/limits/timeout"], "problem": {"spec.runtime.timeout"}},
	"everything at once": {
		"settings": {"/limits/cpu": 0.1, "/limits/memory": 1048576, "/limits/timeout": 60, "/limits/concurrency": 1},
		"problem": {"spec.runtime.cpu", "spec.runtime.memory", "spec.runtime.timeout", "spec.runtime.concurrency"},
		"says": ["`1Mi`", "`1m`", "`100m`"],
	},
	"everything at once, retired": {
		"set": fixture.staged("retired"),
		"settings": {"/limits/cpu": 0.1, "/limits/memory": 1048576, "/limits/timeout": 60, "/limits/concurrency": 1},
	},
	"no time, retired": {"set": fixture.staged("retired"), "drop": ["/app/spec/runtime/timeout"]},
}
