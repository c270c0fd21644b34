package levee.rules.runtime.language_allowed_test

import data.levee.fixture
import data.levee.rules.runtime.language_allowed as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

only(list) := {"/limits/languages": list}

cases := {
	"none listed": {},
	"none listed, none written": {"drop": ["/app/spec/runtime/language"]},
	"the version listed": {"settings": only(["nodejs:22"])},
	"any version listed": {"settings": only(["python", "nodejs"])},
	"a patch of the version listed": {"set": {"/app/spec/runtime/language": "nodejs:22.4"}, "settings": only(["nodejs:22"])},
	"a version that only begins alike": {
		"set": {"/app/spec/runtime/language": "nodejs:220"},
		"settings": only(["nodejs:22"]),
		"problem": {"spec.runtime.language"},
	},
	"another version": {
		"settings": only(["nodejs:24", "python:3.13"]),
		"problem": {"spec.runtime.language"},
		"says": ["The language `nodejs:22`", "Write one of `nodejs:24`, `python:3.13`."],
	},
	"no version where one is listed": {"set": {"/app/spec/runtime/language": "nodejs"}, "settings": only(["nodejs:22"]), "problem": {"spec.runtime.language"}},
	"a language that only begins alike": {"set": {"/app/spec/runtime/language": "nodejsx"}, "settings": only(["nodejs"]), "problem": {"spec.runtime.language"}},
	"none written": {
		"drop": ["/app/spec/runtime/language"],
		"settings": only(["nodejs"]),
		"problem": {"spec.runtime.language"},
		"says": ["Nothing says which language"],
	},
	"a site without": {"set": {"/app/spec/runtime/type": "static"}, "drop": ["/app/spec/runtime/language"], "settings": only(["nodejs"])},
	"an app elsewhere without": {"set": {"/app/spec/runtime/type": "external"}, "drop": ["/app/spec/runtime/language"], "settings": only(["nodejs"])},
	"another version, retired": {"set": fixture.staged("retired"), "settings": only(["nodejs:24"])},
	"none written, retired": {"set": fixture.staged("retired"), "drop": ["/app/spec/runtime/language"], "settings": only(["nodejs:24"])},
}
