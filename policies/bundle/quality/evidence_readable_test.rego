package levee.rules.quality.evidence_readable_test

import data.levee.fixture
import data.levee.rules.quality.evidence_readable as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

broken := {"/refs/evidence": [fixture.parts_list, fixture.unread("sast.sarif", "It is cut off.")]}

cases := {
	"all are read": {},
	"none": {"set": {"/refs/evidence": []}},
	"one is not": {
		"set": broken,
		"problem": {"spec.lifecycle.stage"},
		"says": ["The file `evidence/sast.sarif` says nothing. It is cut off."],
		"never": ["sbom"],
	},
	"one is not signed": {"set": {"/refs/evidence": [object.union(fixture.unread("sast.sarif", "It is not signed."), {"unsigned": "It is not signed."})]}},
	"one is not, before production": {"set": fixture.plus(broken, fixture.staged("approved"))},
}
