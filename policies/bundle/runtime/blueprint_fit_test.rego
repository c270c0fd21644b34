package levee.rules.runtime.blueprint_fit_test

import data.levee.fixture
import data.levee.rules.runtime.blueprint_fit as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"inside": {},
	"as much as the blueprint allows": {"set": {"/app/spec/runtime/cpu": 0.5, "/app/spec/runtime/memory": 536870912}},
	"no blueprint": {"set": {"/refs/blueprint": null}, "problem": {"spec.blueprint"}, "says": ["`form@2` does not exist or cannot be read"]},
	"no word about the blueprint": {"drop": ["/refs/blueprint"], "problem": {"spec.blueprint"}},
	"no blueprint, retired": {"set": fixture.plus({"/refs/blueprint": null}, fixture.staged("retired"))},
	"a new app of an obsolete one": {
		"set": {"/refs/blueprint/spec/obsolete": true},
		"problem": {"spec.blueprint"},
		"says": ["`form@2` is being given up"],
	},
	"an app built from an obsolete one": {"set": fixture.plus(fixture.admitted({}), {"/refs/blueprint/spec/obsolete": true})},
	"an app moved to an obsolete one": {
		"set": fixture.plus(fixture.admitted({"/spec/blueprint": "form@3"}), {"/refs/blueprint/spec/obsolete": true}),
		"problem": {"spec.blueprint"},
	},
	"an obsolete one, retired": {"set": fixture.plus({"/refs/blueprint/spec/obsolete": true}, fixture.staged("retired"))},
	"another type": {
		"set": {"/app/spec/runtime/type": "function"},
		"problem": {"spec.runtime.type"},
		"says": ["of the type `function`", "Write one of `container`, `static`"],
	},
	"another type, retired": {"set": fixture.plus({"/app/spec/runtime/type": "function"}, fixture.staged("retired"))},
	"too much processor": {"set": {"/app/spec/runtime/cpu": 0.501}, "problem": {"spec.runtime.cpu"}, "says": ["`501m`", "Write `500m` or less"]},
	"too much memory": {"set": {"/app/spec/runtime/memory": 536870913}, "problem": {"spec.runtime.memory"}, "says": ["`512Mi`"]},
	"too much of both, retired": {"set": fixture.plus({"/app/spec/runtime/cpu": 1, "/app/spec/runtime/memory": 1073741824}, fixture.staged("retired"))},
	"a blueprint without limits": {
		"set": {"/app/spec/runtime/cpu": 64, "/app/spec/runtime/memory": 1e12},
		"drop": ["/refs/blueprint/spec/cpu", "/refs/blueprint/spec/memory"],
	},
}
