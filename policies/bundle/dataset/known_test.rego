package levee.rules.dataset.known_test

import data.levee.fixture
import data.levee.rules.dataset.known as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

reading := {"/app/spec/data": [fixture.data_set]}

strict := {"/data/catalogued": true}

bad := {"spec.data[rooms].dataset"}

unread := fixture.plus(reading, {"/refs/dataSets": {"rooms": null}})

cases := {
	"no data": {"settings": strict},
	"a data set of the catalog": {"set": fixture.listed({}), "settings": strict},
	"a name that is free": {"set": reading},
	"a name that is not free": {
		"set": reading,
		"settings": strict,
		"problem": bad,
		"says": ["The data set `rooms` is not among those of the catalog", "add the file `data/rooms.yaml`."],
	},
	"a name like another": {
		"set": fixture.plus(reading, fixture.instead("dataset", "rooms", {"near": "room", "unread": "", "others": []})),
		"settings": strict,
		"problem": bad,
		"says": ["Did you mean `room`?"],
	},
	"a file that cannot be read": {"set": unread, "problem": bad},
	"a file that cannot be read, named": {
		"set": fixture.plus(unread, fixture.instead("dataset", "rooms", {"near": "", "unread": "data/rooms.yaml", "others": []})),
		"settings": strict,
		"problem": bad,
		"says": ["Mend the file `data/rooms.yaml` first"],
	},
	"a retired app": {"set": fixture.plus(reading, fixture.staged("retired")), "settings": strict},
}
