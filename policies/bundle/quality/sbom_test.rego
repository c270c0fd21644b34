package levee.rules.quality.sbom_test

import data.levee.fixture
import data.levee.rules.quality.sbom as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

beside(parts) := {"/refs/parts": parts}

cases := {
	"a list": {},
	"a list of another kind": {"set": beside({"sbom.cdx.json": 0, "sbom.spdx.json": 1})},
	"no list": {"set": beside({}), "problem": {"spec.lifecycle.stage"}, "says": ["no list says which parts it is built from."]},
	"a list of nothing": {"set": beside({"sbom.cdx.json": 0}), "problem": {"spec.lifecycle.stage"}, "says": ["no part is named in `evidence/sbom.cdx.json`."]},
	"no word about files": {"drop": ["/refs/parts"], "problem": {"spec.lifecycle.stage"}},
	"not in production": {"set": fixture.plus(beside({}), fixture.staged("approved"))},
	"on a low-code platform": {"set": fixture.plus(beside({}), {"/app/spec/runtime/type": "external"})},
}
