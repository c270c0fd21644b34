package own.cost_center_test

import data.own.cost_center

test_an_app_without_the_label_is_told if {
	count(cost_center.problem) == 1 with input as {"app": {"metadata": {"labels": {}}}}
}

test_an_app_with_the_label_is_fine if {
	count(cost_center.problem) == 0 with input as {"app": {"metadata": {"labels": {"costCenter": "ops-100"}}}}
}
