# METADATA
# scope: package
# title: Calls go only to approved vendors
# description: >-
#   Every host an app calls outside the company belongs to a vendor whose terms
#   somebody has looked at. Data that leaves for anybody else is gone for good.
#   A host that no vendor covers is blocked.
# custom:
#   id: egress.vendor-approved
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Call an approved vendor instead, or ask for the service behind the host to be approved.
#   controls: ["soc2:CC6.6", "soc2:CC9.2", "iso27001:A.5.19", "iso27001:A.8.20"]
package levee.rules.egress.vendor_approved

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some host in input.app.spec.egress
	not covered(host)
	lib.live
	field := lib.item("egress", host)
	message := sprintf("This app may call `%s`, which no approved vendor covers.", [host])
	remedy := lib.better(lib.in_domains, host, advice(host))
}

covered(host) if input.refs.vendors[input.refs.domains[host]]

# suggested are approved vendors that may do the same: for the purposes of
# integrations whose vendor does not exist, or else for any purpose of the app.
suggested contains name if {
	some integration in input.app.spec.integrations
	not input.refs.vendors[integration.vendor]
	some name in input.refs.alternatives[integration.purpose]
}

related contains name if {
	some names in input.refs.alternatives
	some name in names
}

advice(host) := sprintf("Remove `%s` and use an approved vendor such as %s, or ask for the service behind `%s` to be approved.", [host, lib.quoted(suggested), host]) if {
	count(suggested) > 0
} else := sprintf("Remove `%s` if %s can do the same; otherwise ask for the service behind `%s` to be approved.", [host, lib.quoted(related), host]) if {
	count(related) > 0
} else := sprintf("Remove `%s`, or ask for the service behind it to be approved.", [host])
