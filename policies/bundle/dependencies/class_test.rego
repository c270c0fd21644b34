package levee.rules.dependencies.class_test

import data.levee.fixture
import data.levee.rules.dependencies.class as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

needs(class) := {"/app/spec/dependsOn": ["rates-feed"], "/refs/dependencies": {"rates-feed": {"stage": "production", "classification": class}}}

cases := {
	"none": {},
	"the same": {"set": needs("internal")},
	"less": {"set": needs("public")},
	"more": {
		"set": needs("restricted"),
		"problem": {"spec.dependsOn[rates-feed]"},
		"says": ["classified `internal`, but builds on `rates-feed`, whose data is `restricted`"],
	},
	"an unknown one is reported elsewhere": {"set": {"/app/spec/dependsOn": ["rates-feed"], "/refs/dependencies": {"rates-feed": null}}},
	"a retired app": {"set": fixture.plus(needs("restricted"), fixture.staged("retired"))},
}
