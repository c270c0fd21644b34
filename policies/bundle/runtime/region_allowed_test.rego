package levee.rules.runtime.region_allowed_test

import data.levee.fixture
import data.levee.rules.runtime.region_allowed as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

runs(regions) := {"/app/spec/runtime/regions": regions}

inside(regions) := {"/regions": {"internal": regions}}

abroad(regions) := fixture.plus(fixture.calling, {"/refs/vendors": {"acme-maps": fixture.plus(fixture.vendor, {"regions": regions})}})

free := ["/regions", "/refs/blueprint/spec/regions"]

cases := {
	"in a region of the blueprint": {},
	"outside those of the blueprint": {
		"set": runs(["eu-1", "us-1"]),
		"problem": {"spec.runtime.regions[us-1]"},
		"says": ["`us-1` is not one that the blueprint `form@2`", "in one of `eu-1`, `eu-2`."],
	},
	"anywhere": {"set": fixture.plus(runs(["us-1"]), {"/refs/blueprint/spec/regions": []})},
	"a missing blueprint is reported elsewhere": {"set": fixture.plus(runs(["us-1"]), {"/refs/blueprint": null})},
	"in a region of the class": {"settings": inside(["eu-1"])},
	"outside those of the class": {
		"settings": inside(["eu-2"]),
		"problem": {"spec.runtime.regions[eu-1]"},
		"says": ["`eu-1` is not allowed for data classified `internal`", "in one of `eu-2`."],
	},
	"no region for the class": {
		"settings": inside([]),
		"problem": {"spec.runtime.regions[eu-1]"},
		"says": ["so far there is none"],
	},
	"nothing written, all allowed": {"set": fixture.plus(runs([]), {"/refs/blueprint": null})},
	"nothing written, the blueprint asks": {
		"set": runs([]),
		"problem": {"spec.runtime.regions"},
		"says": ["its blueprint `form@2` may only run in some", "Write down the region, one of `eu-1`, `eu-2`."],
	},
	"nothing written, the class asks": {
		"set": fixture.plus(runs([]), {"/refs/blueprint": null}),
		"settings": inside(["eu-1"]),
		"problem": {"spec.runtime.regions"},
		"says": ["data classified `internal` may only be in some"],
	},
	"nothing written, both ask": {"set": runs([]), "settings": inside(["eu-1"]), "problem": {"spec.runtime.regions"}, "says": ["one of `eu-1`."], "never": ["its blueprint"]},
	"both ask, written": {"settings": inside(["eu-1", "eu-2"])},
	"a vendor anywhere": {"set": abroad(["us-1"])},
	"a vendor inside": {"set": abroad(["eu-1"]), "settings": inside(["eu-1"])},
	"a vendor partly outside": {
		"set": abroad(["eu-1", "us-1"]),
		"settings": inside(["eu-1"]),
		"problem": {"spec.integrations[acme-maps]"},
		"says": ["The vendor `acme-maps` keeps data in `us-1`, where"],
	},
	"a called vendor outside": {
		"set": fixture.plus(abroad(["us-1"]), {"/app/spec/integrations": []}),
		"settings": inside(["eu-1"]),
		"problem": {"spec.egress[maps.example.com]"},
	},
	"a vendor that does not say": {
		"set": abroad([]),
		"settings": inside(["eu-1"]),
		"problem": {"spec.integrations[acme-maps]"},
		"says": ["Nothing says where the vendor `acme-maps` keeps data"],
	},
	"a vendor that does not say, anywhere": {"set": abroad([])},
	"a retired app outside": {"set": fixture.plus(runs(["us-1"]), fixture.staged("retired")), "settings": inside(["eu-2"])},
	"a retired app of a blueprint that asks": {"set": fixture.plus(runs([]), fixture.staged("retired"))},
	"a retired app with a vendor outside": {"set": fixture.plus(abroad(["us-1"]), fixture.staged("retired")), "settings": inside(["eu-1"])},
	"a retired app with a vendor that does not say": {"set": fixture.plus(abroad([]), fixture.staged("retired")), "settings": inside(["eu-1"])},
	"a retired app that does not say": {"set": fixture.plus(runs([]), fixture.staged("retired")), "settings": inside(["eu-2"])},
}
