package levee.rules.quality.scans_test

import data.levee.fixture
import data.levee.rules.quality.scans as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

asks(scans) := {"/refs/blueprint/spec/scans": scans}

# with_file asks for the scan sast, and has its result with other values beside the app.
with_file(values) := fixture.plus(asks(["sast"]), {"/refs/evidence": [object.union(fixture.scan_result, values)]})

cases := {
	"none asked for": {},
	"one missing": {
		"set": asks(["sast"]),
		"problem": {"spec.blueprint"},
		"says": ["`form@2` asks for the scan `sast`", "to `evidence/sast.sarif`"],
	},
	"one there": {"set": with_file({})},
	"another that begins alike": {"set": with_file({"name": "sast-old.sarif"}), "problem": {"spec.blueprint"}},
	"one that says nothing": {
		"set": fixture.plus(asks(["sast"]), {"/refs/evidence": [fixture.unread("sast.sarif", "It is empty.")]}),
		"problem": {"spec.blueprint"},
		"says": ["`evidence/sast.sarif` says nothing: It is empty."],
	},
	"no scan": {"set": with_file({"scanned": false}), "problem": {"spec.blueprint"}, "says": ["says of no scan what it found."]},
	"one beside its signature that is too old": {
		"set": fixture.plus(asks(["sast"]), {"/refs/evidence": [
			object.union(fixture.scan_result, {"made": "2026-01-01"}),
			fixture.file_of({"name": "sast.sarif.sigstore.json", "kind": "signature"}),
		]}),
		"problem": {"spec.blueprint"},
		"never": ["sigstore.json"],
	},
	"of no day": {"set": with_file({"made": ""}), "problem": {"spec.blueprint"}, "says": ["does not say on which day"]},
	"just new enough": {"set": with_file({"made": "2026-10-23"})},
	"too old": {"set": with_file({"made": "2026-10-22"}), "problem": {"spec.blueprint"}, "says": ["is of `2026-10-22`, more than `30d` ago."]},
	"of today": {"set": with_file({"made": "2026-11-22"})},
	"of tomorrow": {"set": with_file({"made": "2026-11-23"}), "problem": {"spec.blueprint"}, "says": ["a day that has not come."]},
	"old, by other settings": {"set": with_file({}), "settings": {"/evidence/age/findings": 0}, "problem": {"spec.blueprint"}},
	"an old one and a new one": {
		"set": fixture.plus(asks(["sast"]), {"/refs/evidence": [
			object.union(fixture.scan_result, {"made": "2026-01-01"}),
			object.union(fixture.scan_result, {"name": "sast.new.sarif"}),
		]}),
	},
	"one of two": {
		"set": fixture.plus(asks(["dependency-scan", "sast"]), {"/refs/evidence": [object.union(fixture.scan_result, {"name": "dependency-scan.json"})]}),
		"problem": {"spec.blueprint"},
		"never": ["`dependency-scan`"],
	},
	"not in production": {"set": fixture.plus(asks(["sast"]), fixture.staged("approved"))},
	"a missing blueprint is reported elsewhere": {"set": {"/refs/blueprint": null}},
}
