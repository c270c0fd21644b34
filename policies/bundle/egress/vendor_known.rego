# METADATA
# scope: package
# title: Integrations name vendors of the catalog
# description: >-
#   An app exchanges data only with third parties that somebody has approved and
#   whose terms are in the catalog. A name that is not there means that nobody
#   has looked.
# custom:
#   id: egress.vendor-known
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Name a vendor of the catalog, or ask for this one to be approved.
#   controls: ["soc2:CC9.2", "iso27001:A.5.19", "iso27001:A.5.22"]
package levee.rules.egress.vendor_known

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some integration in input.app.spec.integrations
	not input.refs.vendors[integration.vendor]
	lib.live
	field := concat("", [lib.item("integrations", integration.vendor), ".vendor"])
	message := sprintf("The vendor `%s` is not among those the catalog approves, so nobody vouches for what it does with the data.", [integration.vendor])
	remedy := lib.better(lib.in_other_vendors, integration.vendor, sprintf("Ask for `%s` to be approved, or use one that is.", [integration.vendor]))
}
