package levee.rules.dataset.categories_test

import data.levee.fixture
import data.levee.rules.dataset.categories as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

says(declared, known) := fixture.plus(
	fixture.listed({"categories": known}),
	{"/app/spec/data/0/categories": declared},
)

bad := {"spec.data[rooms].categories"}

cases := {
	"no data": {},
	"data of no file": {"set": fixture.sensitive("pii")},
	"the same": {"set": says(["financial", "pii"], ["financial", "pii"])},
	"left to the catalog": {"set": says([], ["financial", "pii"])},
	"too little": {
		"set": says(["pii"], ["financial", "pii"]),
		"problem": bad,
		"says": ["`rooms` holds `pii`; the catalog says `financial`, `pii`.", "Write `categories: [financial, pii]`."],
	},
	"too much": {"set": says(["pii"], []), "problem": bad, "says": ["the catalog says nothing sensitive.", "Write `categories: []`."]},
	"a retired app": {"set": fixture.plus(says(["pii"], []), fixture.staged("retired"))},
}
