package levee.rules.dataset.regions_test

import data.levee.fixture
import data.levee.rules.dataset.regions as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

allowing(regions) := fixture.listed({"regions": regions})

runs(regions) := {"/app/spec/runtime/regions": regions}

cases := {
	"no data": {},
	"data of no file": {"set": fixture.writing},
	"data that may be used anywhere": {"set": fixture.plus(allowing([]), runs(["us-1"]))},
	"data that may be used anywhere, and nothing written": {"set": fixture.plus(allowing([]), runs([]))},
	"inside": {"set": allowing(["eu-1", "eu-2"])},
	"outside": {
		"set": allowing(["eu-2", "eu-3"]),
		"problem": {"spec.runtime.regions[eu-1]"},
		"says": ["The app runs in `eu-1`, and the data set `rooms` may only be used in `eu-2`, `eu-3`.", "Run the app in one of `eu-2`, `eu-3`, or leave the data set `rooms` out."],
	},
	"outside, and where it could run": {
		"set": fixture.plus(allowing(["eu-2", "eu-3"]), fixture.instead("region", "eu-1", {"near": "", "unread": "", "others": ["eu-2"]})),
		"problem": {"spec.runtime.regions[eu-1]"},
		"says": ["Write `eu-2`."],
	},
	"partly outside": {"set": fixture.plus(allowing(["eu-1"]), runs(["eu-1", "us-1"])), "problem": {"spec.runtime.regions[us-1]"}},
	"nothing written": {
		"set": fixture.plus(allowing(["eu-2"]), runs([])),
		"problem": {"spec.runtime.regions"},
		"says": ["Nothing says in which region the app runs", "`rooms` may only be used in `eu-2`", "one of `eu-2`."],
	},
	"a retired app outside": {"set": fixture.plus(allowing(["eu-2"]), fixture.staged("retired"))},
	"a retired app that does not say": {"set": fixture.both([allowing(["eu-2"]), runs([]), fixture.staged("retired")])},
}
