package levee.rules.secrets.short_lived_test

import data.levee.fixture
import data.levee.rules.secrets.short_lived as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

lives(seconds) := {"/app/spec/secrets": [fixture.plus(fixture.secret, {"ttl": seconds})]}

cases := {
	"no secret": {},
	"as long as allowed": {"set": lives(3600)},
	"longer": {
		"set": lives(3660),
		"problem": {"spec.secrets[PAYMENT_API_KEY].ttl"},
		"says": ["`PAYMENT_API_KEY` lives for `61m`, longer than the `1h` allowed."],
	},
	"no end": {
		"set": lives(0),
		"drop": ["/app/spec/secrets/0/ttl"],
		"problem": {"spec.secrets[PAYMENT_API_KEY].ttl"},
		"says": ["Nothing ends"],
	},
	"nothing allowed": {"set": lives(1), "without": ["/limits/credential"], "problem": {"spec.secrets[PAYMENT_API_KEY].ttl"}},
	"longer, retired": {"set": fixture.plus(lives(3660), fixture.staged("retired"))},
	"no end, retired": {"set": fixture.plus(lives(1), fixture.staged("retired")), "drop": ["/app/spec/secrets/0/ttl"]},
}
