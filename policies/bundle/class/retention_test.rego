package levee.rules.class.retention_test

import data.levee.fixture
import data.levee.rules.class.retention as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

kept(seconds) := fixture.plus(fixture.sensitive("pii"), {"/app/spec/data/0/retention": seconds})

cases := {
	"no data": {},
	"harmless data": {"set": fixture.writing},
	"harmless data for long": {"set": fixture.plus(fixture.writing, {"/app/spec/data/0/retention": 31536001})},
	"as long as allowed": {"set": kept(31536000)},
	"longer": {"set": kept(31622400), "problem": {"spec.data[rooms].retention"}, "says": ["for `366d`", "Write `365d`, or a shorter time."]},
	"nothing said": {
		"set": fixture.sensitive("pii"),
		"drop": ["/app/spec/data/0/retention"],
		"problem": {"spec.data[rooms].retention"},
		"says": ["nothing says how long", "Write `retention: 365d`, or a shorter time."],
	},
	"nothing said of what is sensitive by the catalog": {
		"set": fixture.listed({"categories": ["pii"], "retention": 2592000}),
		"problem": {"spec.data[rooms].retention"},
		"says": ["Write `retention: 30d`, or a shorter time."],
	},
	"longer than settings and owner allow": {
		"set": fixture.plus(fixture.listed({"categories": ["pii"], "retention": 2592000}), {"/app/spec/data/0/retention": 31622400}),
		"problem": {"spec.data[rooms].retention"},
		"says": ["Write `30d`, or a shorter time."],
	},
	"the owner allows longer": {
		"set": fixture.listed({"categories": ["pii"], "retention": 63072000}),
		"problem": {"spec.data[rooms].retention"},
		"says": ["Write `retention: 365d`"],
	},
	"nothing allowed": {"set": kept(1), "without": ["/limits/retention"], "problem": {"spec.data[rooms].retention"}},
	"longer in a retired app": {"set": fixture.plus(kept(31622400), fixture.staged("retired"))},
	"nothing said in a retired app": {"set": fixture.plus(fixture.sensitive("pii"), fixture.staged("retired")), "drop": ["/app/spec/data/0/retention"]},
}
