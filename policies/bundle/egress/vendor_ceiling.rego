# METADATA
# scope: package
# title: Vendors receive only data they were approved for
# description: >-
#   A vendor is approved for data up to some classification. An app that touches
#   more sensitive data must not be connected to it, because what it sends
#   cannot be taken back.
# custom:
#   id: egress.vendor-ceiling
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Use a vendor approved for data of this classification.
#   controls: ["soc2:CC9.2", "iso27001:A.5.14", "iso27001:A.5.20", "gdpr:Art.28"]
package levee.rules.egress.vendor_ceiling

import data.levee.lib

problem contains {"field": lib.named(name), "message": message, "remedy": remedy} if {
	some name, vendor in input.refs.vendors
	ceiling := vendor.ceiling
	class := input.app.spec.classification
	lib.rank[class] > lib.rank[ceiling]
	lib.live
	remedy := lib.better(lib.in_other_vendors, name, "Use a vendor approved for data of this classification.")
	message := sprintf("This app is classified `%s`, but the vendor `%s` may receive data only up to `%s`.", [class, name, ceiling])
}
