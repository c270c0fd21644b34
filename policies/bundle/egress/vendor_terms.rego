# METADATA
# scope: package
# title: Personal data goes only to vendors with proper terms
# description: >-
#   Before data about people is handed to a third party, there must be an
#   agreement on how it is processed, encryption, and a review of privacy.
#   Without them the company would break the law.
# custom:
#   id: egress.vendor-terms
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask whoever approved the vendor to settle its terms, or keep data about people away from it.
#   controls: ["soc2:CC9.2", "iso27001:A.5.20", "iso27001:A.5.34", "gdpr:Art.28", "gdpr:Art.32"]
package levee.rules.egress.vendor_terms

import data.levee.lib

# told_of maps the vendors that data about people may reach to the field that
# says so.
told_of[name] := field if {
	lib.personal_data
	lib.live
	some name, field in lib.used
}

problem contains {"field": field, "message": message} if {
	some name, field in told_of
	not input.refs.vendors[name].terms.dpa
	message := sprintf("This app touches data about people, but there is no agreement with the vendor `%s` on how it is processed.", [name])
}

# An agreement holds through its last day; one without a last day goes on.
problem contains {"field": field, "message": message} if {
	some name, field in told_of
	until := input.refs.vendors[name].terms.dpaUntil
	until < input.today
	message := sprintf("This app touches data about people, but the agreement with the vendor `%s` on how it is processed ended on `%s`.", [name, until])
}

problem contains {"field": field, "message": message} if {
	some name, field in told_of
	not input.refs.vendors[name].terms.encryption
	message := sprintf("This app touches data about people, but the vendor `%s` has not agreed to encrypt it.", [name])
}

problem contains {"field": field, "message": message} if {
	some name, field in told_of
	not reviewed[name]
	message := sprintf("This app touches data about people, but nobody has reviewed what the vendor `%s` does for their privacy.", [name])
}

reviewed contains name if {
	some name, vendor in input.refs.vendors
	vendor.terms.privacyReview <= input.today
}
