package levee.rules.quality.sbom_test

import data.levee.fixture
import data.levee.rules.quality.sbom as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

beside(files) := {"/refs/evidence": files}

cases := {
	"a list": {},
	"a list of another kind": {"set": beside(["scan.sarif", "sbom.spdx.json"])},
	"no list": {"set": beside([]), "problem": {"spec.lifecycle.stage"}, "says": ["no list says which parts"]},
	"other files": {"set": beside(["scan.sarif", "my-sbom.json", "sbom"]), "problem": {"spec.lifecycle.stage"}},
	"no word about files": {"drop": ["/refs/evidence"], "problem": {"spec.lifecycle.stage"}},
	"not in production": {"set": fixture.plus(beside([]), fixture.staged("approved"))},
	"on a low-code platform": {"set": fixture.plus(beside([]), {"/app/spec/runtime/type": "external"})},
}
