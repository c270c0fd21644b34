# METADATA
# scope: package
# title: No bot publishes to production alone
# description: >-
#   Bots propose updates and save work, but a person must answer for what runs
#   in production. So the product owner, or whom the settings name, approves each
#   change there that a bot wrote. Renewals are left to the owner, who agrees to them in any case.
# custom:
#   id: lifecycle.bot-production
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask the product owner to review the change.
#   controls: ["soc2:CC8.1", "iso27001:A.8.32"]
package levee.rules.lifecycle.bot_production

import data.levee.lib

approval contains {"role": role, "reason": "a bot wrote the change to an app in production"} if {
	some role in data.settings.approvers.bots
	input.facts.author.bot == true
	input.facts.reach.production
	lib.changed
	not lib.renewal_only
}
