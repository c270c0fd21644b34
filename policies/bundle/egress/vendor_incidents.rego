# METADATA
# scope: package
# title: Vendors tell of incidents in time
# description: >-
#   When data about people leaks at a vendor, the company has three days to
#   report it (GDPR, article 33). So the vendor must have promised to tell within
#   that time, or another that the settings give; until it has, apps that use it
#   carry a reminder.
# custom:
#   id: egress.vendor-incidents
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Ask whoever approved the vendor to agree on how soon it tells and write it down.
#   controls: ["soc2:CC7.4", "soc2:CC9.2", "iso27001:A.5.20", "iso27001:A.5.24", "gdpr:Art.33"]
package levee.rules.egress.vendor_incidents

import data.levee.lib

problem contains {"field": lib.used[name], "message": message} if {
	some name, vendor in input.refs.vendors
	not in_time(vendor.terms)
	lib.personal_data
	lib.live
	message := sprintf("This app touches data about people, but the vendor `%s` has not promised to tell of an incident within `%s`.", [name, lib.span(lib.limit("notice"))])
}

in_time(terms) if terms.incidentNotice <= lib.limit("notice")
