package levee.rules.quality.scans_test

import data.levee.fixture
import data.levee.rules.quality.scans as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

asks(scans) := {"/refs/blueprint/spec/scans": scans}

cases := {
	"none asked for": {},
	"one missing": {
		"set": asks(["sast"]),
		"problem": {"spec.blueprint"},
		"says": ["`form@2` asks for the scan `sast`", "to `evidence/sast.sarif`"],
	},
	"one there": {"set": fixture.plus(asks(["sast"]), {"/refs/evidence": ["sast.sarif"]})},
	"another that begins alike": {"set": fixture.plus(asks(["sast"]), {"/refs/evidence": ["sast-old.sarif"]}), "problem": {"spec.blueprint"}},
	"one of two": {
		"set": fixture.plus(asks(["dependency-scan", "sast"]), {"/refs/evidence": ["dependency-scan.json"]}),
		"problem": {"spec.blueprint"},
		"never": ["`dependency-scan`"],
	},
	"not in production": {"set": fixture.plus(asks(["sast"]), fixture.staged("approved"))},
	"a missing blueprint is reported elsewhere": {"set": {"/refs/blueprint": null}},
}
