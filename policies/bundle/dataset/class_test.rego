package levee.rules.dataset.class_test

import data.levee.fixture
import data.levee.rules.dataset.class as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

holding(class) := fixture.listed({"classification": class})

cases := {
	"no data": {},
	"data of no file": {"set": fixture.writing},
	"data of the app's class": {"set": holding("internal")},
	"data of a lower class": {"set": holding("public")},
	"data of a higher class": {
		"set": holding("confidential"),
		"problem": {"spec.classification"},
		"says": ["`rooms` is classified `confidential`, and the app that uses it only `internal`.", "Write `confidential`, or leave the data set `rooms` out."],
	},
	"real data of a higher class in a prototype": {
		"set": fixture.plus(holding("confidential"), fixture.staged("prototype")),
		"problem": {"spec.classification"},
		"says": ["Leave the data set `rooms` out: a prototype must not use it."],
	},
	"sandbox data of a higher class in a prototype": {
		"set": fixture.plus(fixture.listed({"classification": "confidential", "sandbox": true}), fixture.staged("prototype")),
		"problem": {"spec.classification"},
		"says": ["Write `confidential`, or leave the data set `rooms` out."],
	},
	"data of a higher class in an app of that class": {"set": fixture.plus(holding("confidential"), fixture.classified("confidential"))},
	"a retired app": {"set": fixture.plus(holding("restricted"), fixture.staged("retired"))},
}
