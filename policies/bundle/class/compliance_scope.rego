# METADATA
# scope: package
# title: Apps in the scope of a standard get an extra review
# description: >-
#   An app that falls under SOC 2, ISO 27001, GDPR, HIPAA or PCI is part of what
#   auditors look at. Security reviews the first three kinds of controls and the
#   data protection officer those about people's data.
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

reviewer := {"soc2": "security", "iso27001": "security", "pci": "security", "gdpr": "dpo", "hipaa": "dpo"}

approval contains {"role": reviewer[scope], "reason": reason} if {
	some scope in input.app.spec.compliance
	lib.live
	reason := sprintf("the app is in the scope of `%s`", [scope])
}
