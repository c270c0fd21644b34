package levee.rules.models.sensitive_data_test

import data.levee.fixture
import data.levee.rules.models.sensitive_data as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

asking := {"/app/spec/models": [fixture.model]}

cases := {
	"no model": {"set": fixture.classified("confidential")},
	"no sensitive data": {"set": asking},
	"confidential data": {"set": fixture.plus(asking, fixture.classified("confidential")), "risk": {"medium"}, "says": ["`approved-llm` may see sensitive data"]},
	"personal data": {"set": fixture.plus(asking, fixture.sensitive("pii")), "risk": {"medium"}},
	"a retired app": {"set": fixture.both([asking, fixture.classified("confidential"), fixture.staged("retired")])},
}
