package levee.rules.secrets.store_allowed_test

import data.levee.fixture
import data.levee.rules.secrets.store_allowed as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

secrets(list) := {"/app/spec/secrets": list}

elsewhere := fixture.plus(fixture.secret, {"store": "notes"})

cases := {
	"no secret": {},
	"an allowed store": {"set": secrets([fixture.secret])},
	"another place": {
		"set": secrets([elsewhere]),
		"problem": {"spec.secrets[PAYMENT_API_KEY].store"},
		"says": ["`PAYMENT_API_KEY` lies in `notes`", "Write `vault`, and move the secret there."],
	},
	"one of two": {
		"set": secrets([fixture.secret, fixture.plus(elsewhere, {"name": "MAIL_KEY"})]),
		"problem": {"spec.secrets[MAIL_KEY].store"},
	},
	"no store allowed": {
		"set": secrets([fixture.secret]),
		"settings": {"/limits/stores": []},
		"problem": {"spec.secrets[PAYMENT_API_KEY].store"},
		"says": ["so far there is none"],
	},
	"a retired app": {"set": fixture.plus(secrets([elsewhere]), fixture.staged("retired"))},
}
