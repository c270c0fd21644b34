package levee.rules.quality.evidence_subject_test

import data.levee.fixture
import data.levee.rules.quality.evidence_subject as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

about(names) := {"/refs/evidence": [object.union(fixture.parts_list, {"about": names})]}

scan_about(names) := {"/refs/evidence": [object.union(fixture.scan_result, {"about": names})]}

runs := fixture.digest

other := "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

asks(subject) := {"/evidence/subject": subject}

cases := {
	"nothing named": {},
	"its image": {"set": about([concat("@", ["room-finder", runs])])},
	"its image among others": {"set": about([other, runs])},
	"another image": {
		"set": about(["room-finder@1.4.0", other]),
		"problem": {"spec.runtime.image"},
		"says": ["`evidence/sbom.cdx.json` is about the image `sha256:ffffffffffff`"],
	},
	"a scan of another image": {"set": scan_about([other]), "problem": {"spec.runtime.image"}},
	"another image beside a report of tests": {"set": {"/refs/evidence": [object.union(fixture.tested, {"about": [other]})]}},
	"another image, and it runs none": {"set": about([other]), "drop": ["/app/spec/runtime/image"]},
	"another image before production": {"set": fixture.plus(about([other]), fixture.staged("approved"))},
	"the image asked for, and not named": {
		"set": about(["room-finder@1.4.0"]), "settings": asks("image"),
		"problem": {"spec.runtime.image"},
		"says": ["does not say which image it is about"],
	},
	"the image asked for, and named": {"set": about([runs]), "settings": asks("image")},
	"the image asked for where it runs none": {"set": about([]), "drop": ["/app/spec/runtime/image"], "settings": asks("image")},
	"the image asked for before production": {"set": fixture.plus(about([]), fixture.staged("approved")), "settings": asks("image")},
	"the image asked for of a report of tests": {"set": {"/refs/evidence": [fixture.tested]}, "settings": asks("image")},
	"the version asked for, and another named": {
		"set": about(["room-finder@1.3.0"]), "settings": asks("version"),
		"problem": {"spec.version"},
		"says": ["about version `1.4.0` of this app"],
	},
	"the version asked for, and named": {"set": about(["x", "room-finder@1.4.0"]), "settings": asks("version")},
	"the version asked for before production": {"set": fixture.plus(about([]), fixture.staged("approved")), "settings": asks("version")},
}
