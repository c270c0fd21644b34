package levee.rules.quality.licences_test

import data.levee.fixture
import data.levee.rules.quality.licences as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

# under has parts beside the app whose licence is fulfilled in any of some ways.
under(expression, choices) := {"/refs/evidence": [object.union(fixture.parts_list, {"licences": [{"expression": expression, "parts": 2, "choices": choices}]})]}

only(name) := under(name, [[name]])

allow(list) := {"/evidence/licences/allowed": list}

forbid(list) := {"/evidence/licences/forbidden": list}

stage := {"spec.lifecycle.stage"}

cases := {
	"no settings": {"set": only("GPL-3.0-only")},
	"forbidden": {
		"set": only("GPL-3.0-only"),
		"settings": forbid(["gpl-3.0-only"]),
		"problem": stage,
		"says": ["`evidence/sbom.cdx.json` names `2` parts under the licence `GPL-3.0-only`"],
	},
	"forbidden by its beginning": {"set": only("AGPL-3.0-only"), "settings": forbid(["AGPL-*"]), "problem": stage},
	"the beginning alone is another licence": {"set": only("AGPL-3.0-only"), "settings": forbid(["AGPL-"])},
	"another is forbidden": {"set": only("MIT"), "settings": forbid(["AGPL-*"])},
	"allowed": {"set": only("MIT"), "settings": allow(["mit"])},
	"another is allowed": {"set": only("ISC"), "settings": allow(["MIT"]), "problem": stage},
	"allowed and forbidden": {"set": only("MIT"), "settings": fixture.plus(allow(["MIT"]), forbid(["MIT"])), "problem": stage},
	"one to choose": {"set": under("MIT OR GPL-3.0-only", [["MIT"], ["GPL-3.0-only"]]), "settings": forbid(["GPL-*"])},
	"none to choose": {"set": under("AGPL-3.0-only OR GPL-3.0-only", [["AGPL-3.0-only"], ["GPL-3.0-only"]]), "settings": forbid(["GPL-*", "AGPL-*"]), "problem": stage},
	"one of two that hold": {"set": under("MIT AND GPL-3.0-only", [["MIT", "GPL-3.0-only"]]), "settings": forbid(["GPL-*"]), "problem": stage},
	"an exception to what is forbidden": {"set": only("GPL-2.0-only WITH x"), "settings": forbid(["GPL-2.0-only"]), "problem": stage},
	"an exception that is allowed": {
		"set": only("GPL-2.0-only WITH x"),
		"settings": fixture.plus(allow(["GPL-2.0-only WITH x"]), forbid(["GPL-2.0-only"])),
	},
	"an exception that is forbidden": {"set": only("MIT WITH x"), "settings": forbid(["MIT WITH x"]), "problem": stage},
	"an exception to what is allowed": {"set": only("MIT WITH x"), "settings": allow(["MIT"])},
	"no licence": {
		"set": {"/refs/evidence": [object.union(fixture.parts_list, {"unlicensed": 3})]},
		"settings": allow(["MIT"]),
		"problem": stage,
		"says": ["names `3` parts without a licence", "write the licence of each part"],
	},
	"no licence, and nothing is asked": {"set": {"/refs/evidence": [object.union(fixture.parts_list, {"unlicensed": 3})]}},
	"all have one": {"settings": allow(["MIT"])},
	"forbidden before production": {"set": fixture.plus(only("MIT"), fixture.staged("approved")), "settings": forbid(["MIT"])},
	"no licence before production": {
		"set": fixture.plus({"/refs/evidence": [object.union(fixture.parts_list, {"unlicensed": 3})]}, fixture.staged("approved")),
		"settings": allow(["MIT"]),
	},
}
