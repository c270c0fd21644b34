package levee.rules.lifecycle.version_raised_test

import data.levee.fixture
import data.levee.rules.lifecycle.version_raised as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

from(version, changes) := fixture.admitted(fixture.plus({"/spec/version": version}, changes))

now(version) := {"/app/spec/version": version}

other := {"/spec/runtime/cpu": 0.1}

bad := {"spec.version"}

cases := {
	"a first publication": {},
	"nothing changed": {"set": from("1.4.0", {})},
	"prose changed": {"set": from("1.4.0", {"/spec/title": "Rooms", "/spec/description": "Finds a room."})},
	"renewed": {"set": from("1.4.0", {"/spec/lifecycle/renewed": "2026-01-01"})},
	"changed and raised": {"set": from("1.3.9", other)},
	"raised alone": {"set": from("1.3.9", {})},
	"changed and not raised": {
		"set": from("1.4.0", other),
		"problem": bad,
		"says": ["its version `1.4.0` is not higher than `1.4.0`", "Write `1.4.1`"],
	},
	"changed and lowered": {"set": from("1.5.0", other), "problem": bad, "says": ["Write `1.5.1`"], "never": ["goes back"]},
	"lowered alone": {"set": from("1.5.0", {}), "problem": bad, "says": ["goes back from `1.5.0` to `1.4.0`", "Write `1.5.0` again."]},
	"renewed and changed": {"set": from("1.4.0", fixture.plus(other, {"/spec/lifecycle/renewed": "2026-01-01"})), "problem": bad},
	"another label": {"set": from("1.4.0", {"/metadata/labels/costCenter": "x"}), "problem": bad},
	"another stage": {"set": from("1.4.0", {"/spec/lifecycle/stage": "approved"}), "problem": bad},
	"numbers, not letters": {"set": fixture.plus(from("1.9.0", other), now("1.10.0"))},
	"a pre-release of the same": {"set": fixture.plus(from("1.4.0", other), now("1.4.0-rc.1")), "problem": bad},
	"a pre-release of the next": {"set": fixture.plus(from("1.4.0", other), now("1.4.1-rc.1"))},
	"the release after its pre-release": {"set": from("1.4.0-rc.1", other)},
	"a later pre-release": {"set": fixture.plus(from("1.4.0-rc.9", other), now("1.4.0-rc.10"))},
	"the same pre-release": {
		"set": fixture.plus(from("1.4.0-rc.1", other), now("1.4.0-rc.1")),
		"problem": bad,
		"says": ["Write `1.4.0`"],
	},
	"a pre-release without order": {"set": fixture.plus(from("1.3.0", other), now("1.4.0-01")), "problem": bad},
	"after a pre-release without order": {"set": from("1.3.0-01", other), "problem": bad},
}
