package levee.rules.secrets.rotation_test

import data.levee.fixture
import data.levee.rules.secrets.rotation as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

replaced(seconds) := {"/app/spec/secrets": [fixture.plus(fixture.secret, {"rotation": seconds})]}

cases := {
	"no secret": {},
	"every 30 days": {"set": replaced(2592000)},
	"more seldom": {
		"set": replaced(2678400),
		"problem": {"spec.secrets[PAYMENT_API_KEY].rotation"},
		"says": ["`PAYMENT_API_KEY` is replaced every `31d`; in an app classified `internal` that must happen every `30d`"],
	},
	"every 7 days, confidential": {"set": fixture.plus(replaced(604800), fixture.classified("confidential"))},
	"every 8 days, confidential": {
		"set": fixture.plus(replaced(691200), fixture.classified("confidential")),
		"problem": {"spec.secrets[PAYMENT_API_KEY].rotation"},
		"says": ["every `7d`"],
	},
	"every 8 days, restricted": {"set": fixture.plus(replaced(691200), fixture.classified("restricted")), "problem": {"spec.secrets[PAYMENT_API_KEY].rotation"}},
	"never": {
		"set": replaced(0),
		"drop": ["/app/spec/secrets/0/rotation"],
		"problem": {"spec.secrets[PAYMENT_API_KEY].rotation"},
		"says": ["is never replaced"],
	},
	"nothing allowed": {"set": replaced(1), "without": ["/limits/rotation"], "problem": {"spec.secrets[PAYMENT_API_KEY].rotation"}},
	"more seldom, retired": {"set": fixture.plus(replaced(2678400), fixture.staged("retired"))},
	"never, retired": {"set": fixture.plus(replaced(1), fixture.staged("retired")), "drop": ["/app/spec/secrets/0/rotation"]},
}
