package levee.rules.ownership.naming_test

import data.levee.fixture
import data.levee.rules.ownership.naming as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

named(list) := {"/limits/names": list}

called(name) := {"/app/metadata/name": name}

cases := {
	"no custom": {},
	"of the team": {"settings": named(["{team}-*"]), "set": called("finance-rooms")},
	"not of the team": {"settings": named(["{team}-*"]), "problem": {"metadata.name"}, "says": ["`room-finder` does not look like `finance-*`", "Choose a name like `finance-*`"]},
	"of the blueprint": {"settings": named(["{blueprint}-*"]), "set": called("form-rooms")},
	"not of the blueprint": {"settings": named(["{blueprint}-*"]), "problem": {"metadata.name"}, "says": ["`form-*`"]},
	"one of two": {"settings": named(["{team}-*", "*-finder"])},
	"none of two": {"settings": named(["{team}-*", "*-search"]), "problem": {"metadata.name"}, "says": ["one of `finance-*`, `*-search`"]},
	"a dash alone": {"settings": named(["{team}-*"]), "set": called("finance"), "problem": {"metadata.name"}},
	"no pattern but a star": {"settings": named(["[a-z]oom-finde?"]), "problem": {"metadata.name"}},
	"admitted before": {"settings": named(["{team}-*"]), "set": fixture.admitted({})},
	"a retired app": {"settings": named(["{team}-*"]), "set": fixture.staged("retired")},
}
