package levee.rules.dependencies.known_test

import data.levee.fixture
import data.levee.rules.dependencies.known as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

needs(known) := {"/app/spec/dependsOn": ["rates-feed"], "/refs/dependencies": known}

cases := {
	"none": {},
	"known": {"set": needs({"rates-feed": {"stage": "production", "classification": "internal"}})},
	"unknown": {"set": needs({"rates-feed": null}), "problem": {"spec.dependsOn[rates-feed]"}, "says": ["needs the app `rates-feed`"]},
	"no word about it": {"set": needs({}), "problem": {"spec.dependsOn[rates-feed]"}},
	"a retired app": {"set": fixture.plus(needs({}), fixture.staged("retired"))},
}
