# METADATA
# scope: package
# title: Approved vendors are looked at again
# description: >-
#   A vendor's terms and reputation change, so an approval has a day on which it
#   is looked at again. After that day apps that use the vendor carry a reminder
#   until somebody has looked.
# custom:
#   id: egress.vendor-review
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Ask whoever approved the vendor to look at it again and write down the next day for that.
#   controls: ["soc2:CC9.2", "iso27001:A.5.22"]
package levee.rules.egress.vendor_review

import data.levee.lib

problem contains {"field": lib.used[name], "message": message} if {
	some name, vendor in input.refs.vendors
	review := vendor.review
	review < input.today
	lib.live
	message := sprintf("The vendor `%s` was to be looked at again by `%s`, and nobody has done so.", [name, review])
}
