package levee.rules.quality.evidence_signed_test

import data.levee.fixture
import data.levee.rules.quality.evidence_signed as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

unsigned := {"/refs/evidence": [object.union(
	fixture.unread("sbom.cdx.json", "It is not signed."),
	{"unsigned": "It is not signed.", "remedy": "Run `cosign`."},
)]}

image := {"/refs/image": {"unsigned": "The image has to be signed.", "remedy": "Run `cosign sign`."}}

cases := {
	"nothing has to be signed": {},
	"a file that has to be": {
		"set": unsigned,
		"problem": {"spec.lifecycle.stage"},
		"says": ["`evidence/sbom.cdx.json` does not count. It is not signed.", "Run `cosign`."],
	},
	"a file that has to be, before production": {"set": fixture.plus(unsigned, fixture.staged("approved"))},
	"a file that cannot be read": {"set": {"/refs/evidence": [fixture.unread("sbom.cdx.json", "It is empty.")]}},
	"an image that has to be": {
		"set": image,
		"problem": {"spec.runtime.image"},
		"says": ["The image has to be signed.", "Run `cosign sign`."],
	},
	"an image that has to be, before production": {"set": fixture.plus(image, fixture.staged("approved"))},
}
