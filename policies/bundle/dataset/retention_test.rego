package levee.rules.dataset.retention_test

import data.levee.fixture
import data.levee.rules.dataset.retention as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

allowing(seconds, categories) := fixture.listed({"retention": seconds, "categories": categories})

kept(seconds) := fixture.plus(allowing(2592000, []), {"/app/spec/data/0/retention": seconds})

bad := {"spec.data[rooms].retention"}

cases := {
	"no data": {},
	"data of no file": {"set": fixture.sensitive("pii")},
	"any time is allowed": {"set": fixture.listed({})},
	"any time is allowed, and one said": {"set": fixture.plus(fixture.listed({}), {"/app/spec/data/0/retention": 2592000})},
	"as long as allowed": {"set": kept(2592000)},
	"longer": {"set": kept(5184000), "problem": bad, "says": ["for `60d`; its owner allows `30d`.", "Write `30d`, or a shorter time."]},
	"longer, sensitive": {"set": fixture.plus(allowing(2592000, ["pii"]), {"/app/spec/data/0/retention": 5184000}), "problem": bad},
	"nothing said": {"set": allowing(2592000, []), "problem": bad, "says": ["Nothing says how long", "Write `retention: 30d`, or a shorter time."]},
	"nothing said, sensitive": {"set": allowing(2592000, ["pii"])},
	"longer in a retired app": {"set": fixture.plus(kept(5184000), fixture.staged("retired"))},
	"nothing said in a retired app": {"set": fixture.plus(allowing(2592000, []), fixture.staged("retired"))},
}
