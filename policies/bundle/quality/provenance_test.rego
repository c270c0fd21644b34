package levee.rules.quality.provenance_test

import data.levee.fixture
import data.levee.rules.quality.provenance as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

builders := {"/evidence/builders": [
	{"id": "https://builders.example.com/other", "sources": ["https://github.com/other/*"]},
	{"id": "https://github.com/acme/builders/*", "sources": ["https://github.com/acme/*"]},
]}

beside(changes) := {"/refs/evidence": [fixture.parts_list, object.union(fixture.built, changes)]}

refused(changes, words) := {
	"set": beside(changes), "settings": builders,
	"problem": {"spec.runtime.image"},
	"says": array.concat(["No provenance beside this app"], words),
}

cases := {
	"no builder named": {"set": beside({"signers": []})},
	"a known builder and source": {"set": beside({}), "settings": builders},
	"no provenance": {"settings": builders, "problem": {"spec.runtime.image"}, "never": ["sbom.cdx.json"]},
	"no provenance before production": {"set": fixture.staged("approved"), "settings": builders},
	"no provenance on a low-code platform": {"set": {"/app/spec/runtime/type": "external"}, "settings": builders},
	"nothing beside it": {"set": {"/refs/evidence": []}, "settings": builders, "problem": {"spec.runtime.image"}},
	"not signed": refused({"signers": []}, ["`evidence/provenance.intoto.jsonl` is not signed for this app"]),
	"another builder": refused({"builder": "https://example.com"}, ["by the builder `https://example.com`, which"]),
	"a builder that begins otherwise": refused({"builder": "x https://github.com/acme/builders/"}, ["which the settings do not name"]),
	"no source": refused({"source": ""}, ["does not say from which repository"]),
	"a source of another builder": refused({"source": "https://github.com/other/rooms"}, ["a build from `https://github.com/other/rooms`"]),
	"one of two counts": {"set": {"/refs/evidence": [object.union(fixture.built, {"signers": []}), fixture.built]}, "settings": builders},
}
