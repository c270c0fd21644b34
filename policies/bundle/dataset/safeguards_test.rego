package levee.rules.dataset.safeguards_test

import data.levee.fixture
import data.levee.rules.dataset.safeguards as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

asking(safeguards, masking, tokenised) := fixture.plus(
	fixture.listed({"categories": ["health", "pii"], "safeguards": safeguards}),
	{"/app/spec/data/0/masking": masking, "/app/spec/data/0/tokenised": tokenised},
)

partly := [{"category": "pii", "masking": "partial", "tokenised": false}]

fully := [{"category": "pii", "masking": "partial", "tokenised": false}, {"category": "health", "masking": "full", "tokenised": false}]

tokens := [{"category": "pii", "masking": "none", "tokenised": true}, {"category": "health", "masking": "none", "tokenised": false}]

masking := {"spec.data[rooms].masking"}

tokenised := {"spec.data[rooms].tokenised"}

cases := {
	"no data": {},
	"data of no file": {"set": fixture.sensitive("pii")},
	"nothing asked": {"set": asking([], "none", [])},
	"masked as asked": {"set": asking(partly, "partial", [])},
	"masked more than asked": {"set": asking(partly, "full", [])},
	"not masked": {"set": asking(partly, "none", []), "problem": masking, "says": ["`rooms` asks for `partial` masking; the app declares `none`.", "Write `masking: partial`."]},
	"masked less than the strictest": {"set": asking(fully, "partial", []), "problem": masking, "says": ["Write `masking: full`."], "never": ["Write `masking: partial`."]},
	"tokens as asked": {"set": asking(tokens, "none", ["pii"])},
	"more tokens than asked": {"set": asking(tokens, "none", ["health", "pii"])},
	"no tokens": {"set": asking(tokens, "none", []), "problem": tokenised, "says": ["tokens in place of `pii`", "Write `tokenised: [pii]`."]},
	"other tokens": {"set": asking(tokens, "none", ["health"]), "problem": tokenised, "says": ["Write `tokenised: [health, pii]`."]},
	"a retired app, not masked": {"set": fixture.plus(asking(partly, "none", []), fixture.staged("retired"))},
	"a retired app without tokens": {"set": fixture.plus(asking(tokens, "none", []), fixture.staged("retired"))},
}
