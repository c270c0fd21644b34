# METADATA
# scope: package
# title: Apps in the scope of a standard get an extra review
# description: >-
#   An app that falls under SOC 2, ISO 27001, GDPR, HIPAA or PCI is part of what
#   auditors look at. The settings say who reviews it, by standard: security, or
#   the data protection officer where it is about people's data.
# custom:
#   id: class.compliance-scope
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask for the extra review, or take out a standard that does not apply.
#   controls: ["soc2:CC3.2", "iso27001:A.5.31", "iso27001:A.5.36"]
package levee.rules.class.compliance_scope

import data.levee.lib

approval contains {"role": role, "reason": reason} if {
	some scope in input.app.spec.compliance
	some role in data.settings.approvers.standards[scope]
	lib.live
	reason := sprintf("the app is in the scope of `%s`", [scope])
}
