# METADATA
# scope: package
# title: Whoever owns the data approves its use
# description: >-
#   An app that comes to read or write a data set of the catalog needs the approval
#   of the data set's owner or fallback, or of somebody with the role data-steward
#   for the owner's team. Uses that the data set lists among its approved scopes
#   need none. An app that leaves these scopes, such as by a later stage, needs the
#   approval then.
# custom:
#   id: dataset.approved
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask the owner of the data set to review the change.
#   controls: ["soc2:CC6.1", "soc2:CC6.3", "iso27001:A.5.15", "iso27001:A.8.3"]
package levee.rules.dataset.approved

import data.levee.lib

approval contains {"role": role, "reason": reason} if {
	some use in input.app.spec.data
	set := lib.catalogued[use.dataset]
	not covered(set, use.access, input.app.spec.lifecycle.stage, input.app.spec.owner.team)
	unapproved(set, use)
	lib.live
	role := concat("", ["data:", use.dataset])
	reason := sprintf("the app comes to %s the data set `%s`", [use.access, use.dataset])
}

level := {"read": 0, "write": 1}

# unapproved holds for a use that the owner has not approved: the admitted app did not have
# it, or had it within an approved scope.
unapproved(_, use) if not used(use)

unapproved(set, use) if {
	covered(set, use.access, input.admitted.spec.lifecycle.stage, input.admitted.spec.owner.team)
}

used(use) if {
	some before in input.admitted.spec.data
	before.dataset == use.dataset
	level[before.access] >= level[use.access]
}

# covered holds for a use that is in an approved scope.
covered(set, access, stage, team) if {
	some scope in set.approvedScopes
	level[scope.access] >= level[access]
	fits(scope.stages, stage)
	fits(scope.teams, team)
}

fits([], _)

fits(list, word) if word in list
