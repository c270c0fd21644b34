package levee.rules.lifecycle.ttl_test

import data.levee.fixture
import data.levee.rules.lifecycle.ttl as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

lives(seconds, stage) := {"/app/spec/lifecycle/ttl": seconds, "/app/spec/lifecycle/stage": stage}

cases := {
	"nothing written": {},
	"as long as allowed": {"set": lives(7776000, "production")},
	"shorter": {"set": lives(86400, "approved")},
	"longer": {
		"set": lives(7862400, "production"),
		"problem": {"spec.lifecycle.ttl"},
		"says": ["for `91d` without being asked about, longer than the `90d`", "Write `90d` or less"],
	},
	"a prototype as long as allowed": {"set": lives(2592000, "prototype")},
	"a prototype longer": {"set": lives(2678400, "prototype"), "problem": {"spec.lifecycle.ttl"}, "says": ["`30d` allowed"]},
	"three minutes, where months were meant": {
		"set": lives(180, "prototype"),
		"problem": {"spec.lifecycle.ttl"},
		"says": ["for `3m`, which is less than a day", "Write `30d`, or less in days"],
	},
	"nothing": {"set": lives(0, "approved"), "problem": {"spec.lifecycle.ttl"}, "says": ["for `0d`", "Write `90d`, or less in days"]},
	"minutes of a retired app": {"set": lives(180, "retired")},
	"nothing allowed": {"set": lives(86400, "production"), "without": ["/lifecycle/ttl"], "problem": {"spec.lifecycle.ttl"}},
	"nothing allowed for prototypes": {"set": lives(86400, "prototype"), "without": ["/lifecycle/prototypeTTL"], "problem": {"spec.lifecycle.ttl"}},
	"a retired app": {"set": lives(7862400, "retired")},
}
