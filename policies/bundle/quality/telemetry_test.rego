package levee.rules.quality.telemetry_test

import data.levee.fixture
import data.levee.rules.quality.telemetry as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

asked(list) := {"/limits/telemetry": list}

tells(list) := {"/app/spec/telemetry": list}

cases := {
	"nothing asked": {},
	"all told": {"settings": asked(["logs", "metrics"]), "set": tells(["logs", "metrics", "traces"])},
	"one missing": {"settings": asked(["logs", "metrics"]), "set": tells(["logs"]), "problem": {"spec.telemetry"}, "says": ["tells no metrics about itself", "Write `telemetry: [logs, metrics]`"]},
	"all missing": {"settings": asked(["logs", "metrics"]), "problem": {"spec.telemetry"}, "says": ["tells no logs and no metrics"]},
	"not in production": {"settings": asked(["logs"]), "set": fixture.staged("approved")},
	"on a platform": {"settings": asked(["logs"]), "set": {"/app/spec/runtime/type": "external"}},
}
