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

problem contains {"field": lib.used[name], "message": message} if {
	some name, vendor in input.refs.vendors
	not vendor.terms.dpa
	told
	message := sprintf("This app touches data about people, but there is no agreement with the vendor `%s` on how it is processed.", [name])
}

# An agreement holds through its last day; one without a last day goes on.
problem contains {"field": lib.used[name], "message": message} if {
	some name, vendor in input.refs.vendors
	until := vendor.terms.dpaUntil
	until < input.today
	told
	message := sprintf("This app touches data about people, but the agreement with the vendor `%s` on how it is processed ended on `%s`.", [name, until])
}

problem contains {"field": lib.used[name], "message": message} if {
	some name, vendor in input.refs.vendors
	not vendor.terms.encryption
	told
	message := sprintf("This app touches data about people, but the vendor `%s` has not agreed to encrypt it.", [name])
}

problem contains {"field": lib.used[name], "message": message} if {
	some name, vendor in input.refs.vendors
	not reviewed(vendor.terms)
	told
	message := sprintf("This app touches data about people, but nobody has reviewed what the vendor `%s` does for their privacy.", [name])
}

reviewed(terms) if terms.privacyReview <= input.today

# told holds where the app's vendors may learn something about people.
told if {
	lib.personal_data
	lib.live
}
