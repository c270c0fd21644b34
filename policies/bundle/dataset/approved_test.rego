package levee.rules.dataset.approved_test

import data.levee.fixture
import data.levee.rules.dataset.approved as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

# uses is the change that makes the app use a data set of the catalog.
uses(access, scopes) := fixture.plus(fixture.listed({"approvedScopes": scopes}), {"/app/spec/data/0/access": access})

# had makes the admitted app one that used the data set already.
had(access, changes) := fixture.admitted(fixture.plus({"/spec/data": [fixture.plus(fixture.data_set, {"access": access})]}, changes))

any_stage(access) := [{"access": access, "stages": [], "teams": []}]

approved := [{"access": "read", "stages": ["prototype", "approved"], "teams": []}]

owner := {"data:rooms"}

cases := {
	"no data": {},
	"data of no file": {"set": fixture.writing},
	"a new app": {"set": uses("read", []), "approval": owner, "says": ["the app comes to read the data set `rooms`"]},
	"a data set more": {"set": fixture.plus(uses("read", []), fixture.admitted({})), "approval": owner},
	"another data set before": {"set": fixture.plus(uses("read", []), had("read", {"/spec/data/0/dataset": "desks"})), "approval": owner},
	"as before": {"set": fixture.plus(uses("read", []), had("read", {}))},
	"less than before": {"set": fixture.plus(uses("read", []), had("write", {}))},
	"more than before": {"set": fixture.plus(uses("write", []), had("read", {})), "approval": owner, "says": ["comes to write"]},
	"an approved scope": {"set": uses("read", any_stage("read"))},
	"a scope that includes it": {"set": uses("read", any_stage("write"))},
	"a scope that does not include it": {"set": uses("write", any_stage("read")), "approval": owner},
	"a scope for this stage": {"set": uses("read", [{"access": "read", "stages": ["production"], "teams": []}])},
	"a scope for another stage": {"set": uses("read", approved), "approval": owner},
	"a scope for this team": {"set": uses("read", [{"access": "read", "stages": [], "teams": ["finance"]}])},
	"a scope for another team": {"set": uses("read", [{"access": "read", "stages": [], "teams": ["hr"]}]), "approval": owner},
	"out of an approved scope": {
		"set": fixture.plus(uses("read", approved), had("read", {"/spec/lifecycle/stage": "approved"})),
		"approval": owner,
	},
	"within an approved scope": {"set": fixture.both([uses("read", approved), had("read", {"/spec/lifecycle/stage": "prototype"}), fixture.staged("approved")])},
	"a retired app": {"set": fixture.plus(uses("read", []), fixture.staged("retired"))},
}
