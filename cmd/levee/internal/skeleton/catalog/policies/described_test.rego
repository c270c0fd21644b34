package own.described_test

import data.own.described

test_an_app_without_a_description_is_told if {
	count(described.problem) == 1 with input as {"app": {"spec": {"title": "Board"}}}
}

test_an_app_with_a_description_is_fine if {
	count(described.problem) == 0 with input as {"app": {"spec": {"title": "Board", "description": "Shows things."}}}
}
