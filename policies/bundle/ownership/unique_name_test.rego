package levee.rules.ownership.unique_name_test

import data.levee.fixture
import data.levee.rules.ownership.unique_name as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"alone": {},
	"one other": {
		"set": {"/facts/catalog/sameName": ["apps/sales/room-finder/app.yaml"]},
		"problem": {"metadata.name"},
		"says": ["`room-finder` is also taken by `apps/sales/room-finder/app.yaml`"],
	},
	"two others are one problem": {"set": {"/facts/catalog/sameName": ["apps/a/app.yaml", "apps/b/app.yaml"]}, "problem": {"metadata.name"}},
	"retired names are not free": {
		"set": {"/facts/catalog/sameName": ["apps/a/app.yaml"], "/app/spec/lifecycle/stage": "retired"},
		"problem": {"metadata.name"},
	},
}
