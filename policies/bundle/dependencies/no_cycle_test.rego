package levee.rules.dependencies.no_cycle_test

import data.levee.fixture
import data.levee.rules.dependencies.no_cycle as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

ring(names) := {"/facts/catalog/cycle": names}

cases := {
	"none": {},
	"two": {
		"set": ring(["room-finder", "rates-feed"]),
		"problem": {"spec.dependsOn[rates-feed]"},
		"says": ["waits for itself: `room-finder` needs `rates-feed` needs `room-finder`."],
	},
	"itself": {"set": ring(["room-finder"]), "problem": {"spec.dependsOn[room-finder]"}, "says": ["`room-finder` needs `room-finder`."]},
	"a retired app": {"set": fixture.plus(ring(["room-finder"]), fixture.staged("retired"))},
}
