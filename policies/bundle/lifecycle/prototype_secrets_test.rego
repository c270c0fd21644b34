package levee.rules.lifecycle.prototype_secrets_test

import data.levee.fixture
import data.levee.rules.lifecycle.prototype_secrets as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

sandbox := {"/limits/sandboxPaths": ["kv/sandbox/{team}/{app}"]}

secret(sandboxed) := fixture.plus(fixture.staged("prototype"), {
	"/app/spec/secrets": [fixture.plus(fixture.secret, {"path": "kv/finance/payment"})],
	"/refs/places/PAYMENT_API_KEY": {"own": true, "team": "finance", "sandbox": sandboxed},
})

cases := {
	"no sandbox": {"set": secret(false)},
	"in the sandbox": {"set": secret(true), "settings": sandbox},
	"in production's place": {"set": secret(false), "settings": sandbox, "problem": {"spec.secrets[PAYMENT_API_KEY].path"}, "says": ["`PAYMENT_API_KEY` lies at `kv/finance/payment`", "below `kv/sandbox/finance/room-finder`"]},
	"not known": {"set": secret(false), "drop": ["/refs/places/PAYMENT_API_KEY"], "settings": sandbox, "problem": {"spec.secrets[PAYMENT_API_KEY].path"}},
	"no prototype": {"set": fixture.plus(secret(false), fixture.staged("approved")), "settings": sandbox},
	"no secret": {"set": fixture.staged("prototype"), "settings": sandbox},
}
