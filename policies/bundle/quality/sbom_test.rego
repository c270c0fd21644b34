package levee.rules.quality.sbom_test

import data.levee.fixture
import data.levee.rules.quality.sbom as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

beside(files) := {"/refs/evidence": files}

empty_list := object.union(fixture.parts_list, {"parts": 0})

cases := {
	"a list": {},
	"a list of another kind": {"set": beside([empty_list, object.union(fixture.parts_list, {"name": "sbom.spdx.json", "parts": 1})])},
	"a list of another name": {"set": beside([object.union(fixture.parts_list, {"name": "parts.json"})])},
	"no list": {"set": beside([]), "problem": {"spec.lifecycle.stage"}, "says": ["no list says which parts it is built from."]},
	"a list of nothing": {"set": beside([empty_list]), "problem": {"spec.lifecycle.stage"}, "says": ["`evidence/sbom.cdx.json`: It names no part."]},
	"an empty file": {
		"set": beside([fixture.unread("sbom.cdx.json", "It is empty.")]),
		"problem": {"spec.lifecycle.stage"},
		"says": ["`evidence/sbom.cdx.json`: It is empty."],
	},
	"files of other kinds": {
		"set": beside([object.union(fixture.scan_result, {"parts": 3}), fixture.unread("sast.sarif", "It is cut off.")]),
		"problem": {"spec.lifecycle.stage"},
		"never": ["sast"],
	},
	"no word about files": {"drop": ["/refs/evidence"], "problem": {"spec.lifecycle.stage"}},
	"not in production": {"set": fixture.plus(beside([]), fixture.staged("approved"))},
	"on a low-code platform": {"set": fixture.plus(beside([]), {"/app/spec/runtime/type": "external"})},
}
