package levee.rules.secrets.path_own_test

import data.levee.fixture
import data.levee.rules.secrets.path_own as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

at(path) := {"/app/spec/secrets": [fixture.plus(fixture.secret, {"path": path})]}

foreign(team) := {"/refs/places": {"PAYMENT_API_KEY": {"own": false, "team": team}}}

bad := {"spec.secrets[PAYMENT_API_KEY].path"}

cases := {
	"no secret": {},
	"exact": {"set": at("kv/fin/payment")},
	"a single step": {"set": at("payment")},
	"a name of a cloud": {"set": at("arn:aws:secretsmanager:eu-1:1234:secret:fin/payment-v1.2")},
	"upwards": {"set": at("kv/fin/../hr/payroll"), "problem": bad, "says": ["The place `kv/fin/../hr/payroll` of the secret `PAYMENT_API_KEY`"]},
	"upwards, and a place of its own": {
		"set": fixture.plus(at("../hr"), fixture.instead("path", "PAYMENT_API_KEY", {"near": "", "unread": "", "others": ["kv/finance/key"]})),
		"problem": bad,
		"says": ["Write `kv/finance/key`"],
	},
	"upwards at once": {"set": at("../hr"), "problem": bad},
	"two dots in a step": {"set": at("kv/a..b"), "problem": bad},
	"a wildcard": {"set": at("kv/fin/*"), "problem": bad},
	"a wildcard for one step": {"set": at("kv/+/payment"), "problem": bad},
	"a blank to fill in": {"set": at("kv/{{identity.entity.id}}/x"), "problem": bad},
	"a variable": {"set": at("kv/${TEAM}/x"), "problem": bad},
	"a percent sign": {"set": at("kv/fin%2f..%2fhr"), "problem": bad},
	"an empty step": {"set": at("kv//payment"), "problem": bad},
	"from the root": {"set": at("/kv/payment"), "problem": bad},
	"open at the end": {"set": at("kv/fin/"), "problem": bad},
	"a second line": {"set": at("kv/fin\nkv/hr"), "problem": bad},
	"a second line at the end": {"set": at("kv/fin\n"), "problem": bad},
	"hidden": {"set": at("kv/.payment"), "problem": bad},
	"another team's": {"set": fixture.plus(at("kv/hr/payroll"), foreign("hr")), "approval": {"team:hr"}},
	"nobody knows whose": {"set": fixture.plus(at("shared/payment"), foreign("")), "approval": {"security"}},
	"another team's, of a retired app": {"set": fixture.plus(fixture.plus(at("kv/hr/payroll"), foreign("hr")), fixture.staged("retired"))},
	"nobody knows whose, of a retired app": {"set": fixture.plus(fixture.plus(at("shared/payment"), foreign("")), fixture.staged("retired"))},
	"upwards and nobody knows whose": {"set": fixture.plus(at("kv/../payment"), foreign("")), "problem": bad},
	"a retired app": {"set": fixture.plus(at("kv/fin/*"), fixture.staged("retired"))},
	"by whom the settings say": {
		"set": fixture.plus(at("kv/fin/payment"), foreign("")),
		"settings": {"/approvers/secretPaths": ["vault-admins"]},
		"approval": {"vault-admins"},
	},
}
