package levee.rules.dependencies.retired_test

import data.levee.fixture
import data.levee.rules.dependencies.retired as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

needs(stage) := {"/app/spec/dependsOn": ["rates-feed"], "/refs/dependencies": {"rates-feed": {"stage": stage, "classification": "internal"}}}

cases := {
	"none": {},
	"running": {"set": needs("production")},
	"retired": {"set": needs("retired"), "problem": {"spec.dependsOn[rates-feed]"}, "says": ["`rates-feed`, which is retired"]},
	"an unknown one is reported elsewhere": {"set": {"/app/spec/dependsOn": ["rates-feed"], "/refs/dependencies": {"rates-feed": null}}},
	"both retired": {"set": fixture.plus(needs("retired"), fixture.staged("retired"))},
}
