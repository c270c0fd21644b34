package levee.rules.lifecycle.bot_production_test

import data.levee.fixture
import data.levee.rules.lifecycle.bot_production as rule

test_case[name] if {
	some name, case in cases
	said := rule with input as fixture.input_for(case) with data.settings as fixture.settings_for(case)
	fixture.meets(said, case)
}

bot := {"/facts/author": {"person": "updater", "bot": true}}

cases := {
	"a person": {},
	"nobody": {"set": {"/facts/author": null}},
	"a bot": {"set": bot, "approval": {"product-owner"}, "says": ["a bot wrote the change"]},
	"an unknown bot": {"set": {"/facts/author": {"person": "", "bot": true}}, "approval": {"product-owner"}},
	"a bot changes the app": {"set": fixture.plus(bot, fixture.admitted({"/spec/runtime/cpu": 0.1})), "approval": {"product-owner"}},
	"a bot moves it into production": {"set": fixture.plus(bot, fixture.admitted({"/spec/lifecycle/stage": "approved"})), "approval": {"product-owner"}},
	"a bot changes nothing": {"set": fixture.plus(bot, fixture.admitted({}))},
	"a bot changes the title": {"set": fixture.plus(bot, fixture.admitted({"/spec/title": "Rooms"}))},
	"a bot renews": {"set": fixture.both([bot, fixture.admitted({}), {"/app/spec/lifecycle/renewed": "2026-11-22"}])},
	"a bot renews and raises the version": {
		"set": fixture.both([bot, fixture.admitted({"/spec/version": "1.3.0"}), {"/app/spec/lifecycle/renewed": "2026-11-22"}]),
		"approval": {"product-owner"},
	},
	"a bot renews and changes": {
		"set": fixture.both([bot, fixture.admitted({"/spec/runtime/cpu": 0.1}), {"/app/spec/lifecycle/renewed": "2026-11-22"}]),
		"approval": {"product-owner"},
	},
	"a bot and an approved app": {"set": fixture.plus(bot, fixture.staged("approved"))},
	"a bot retires": {"set": fixture.both([bot, fixture.admitted({}), fixture.staged("retired")])},
	"by whom the settings say": {"set": bot, "settings": {"/approvers/bots": ["release-manager"]}, "approval": {"release-manager"}},
}
