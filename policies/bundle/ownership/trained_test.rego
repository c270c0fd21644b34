package levee.rules.ownership.trained_test

import data.levee.fixture
import data.levee.rules.ownership.trained as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

cases := {
	"on the last day": {},
	"the day after": {"set": {"/today": "2026-11-23"}, "problem": {"spec.owner.person"}, "says": ["`jdoe` holds no valid certificate"]},
	"the day after, and a colleague who holds one": {
		"set": fixture.plus({"/today": "2026-11-23"}, fixture.instead("trained", "jdoe", {"near": "", "unread": "", "others": ["lead"]})),
		"problem": {"spec.owner.person"},
		"says": ["Write `lead`, who passed all"],
	},
	"no course at all": {"set": {"/refs/owner/person/certifications": []}, "problem": {"spec.owner.person"}},
	"no word about courses": {"drop": ["/refs/owner/person/certifications"], "problem": {"spec.owner.person"}},
	"another course": {
		"set": {"/refs/owner/person/certifications": [{"name": "data-access", "until": "2027-01-01"}]},
		"problem": {"spec.owner.person"},
	},
	"another course by the settings": {
		"settings": {"/training/owners": ["data-access", "secrets-and-gates"]},
		"problem": {"spec.owner.person"},
		"says": ["certificate of the course `data-access`"],
		"never": ["certificate of the course `secrets-and-gates`"],
	},
	"no course by the settings": {"settings": {"/training/owners": []}, "set": {"/refs/owner/person/certifications": []}},
	"taken again": {"set": {
		"/today": "2026-11-23",
		"/refs/owner/person/certifications": [{"name": "secrets-and-gates", "until": "2025-01-01"}, {"name": "secrets-and-gates", "until": "2027-01-01"}],
	}},
	"an unknown owner is reported elsewhere": {"set": {"/refs/owner/person": null}},
	"an owner who left is reported elsewhere": {"set": {"/refs/owner/person/left": true, "/refs/owner/person/certifications": []}},
	"a retired app": {"set": {"/refs/owner/person/certifications": [], "/app/spec/lifecycle/stage": "retired"}},
}
