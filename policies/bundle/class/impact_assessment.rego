# METADATA
# scope: package
# title: Restricted personal data is assessed before an app touches it
# description: >-
#   The law asks for an assessment of what could happen to the people concerned
#   before their restricted data is used. The assessment must be signed, and be
#   made again when the app's use of data changes, and when it is older than the
#   settings allow.
# custom:
#   id: class.impact-assessment
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Ask the data protection officer for an assessment and write down its link, its checksum and the day it was signed.
#   controls: ["iso27001:A.5.34", "gdpr:Art.35"]
package levee.rules.class.impact_assessment

import data.levee.lib

assessed_class if {
	input.app.spec.classification == "restricted"
	lib.personal_data
	lib.live
}

problem contains {"field": "spec.assessment", "message": message} if {
	assessed_class
	not input.app.spec.assessment
	message := sprintf("This app touches restricted personal data (%s) without an assessment of what could happen to the people concerned.", [lib.quoted(lib.personal)])
}

problem contains {"field": "spec.assessment.date", "message": message, "remedy": remedy} if {
	assessed_class
	date := input.app.spec.assessment.date
	date > input.today
	message := sprintf("The assessment is dated `%s`, which has not come yet, so it cannot have been signed.", [date])
	remedy := sprintf("Write `%s`, or the day before it on which the assessment was signed.", [input.today])
}

problem contains {"field": "spec.assessment.digest", "message": message, "remedy": remedy} if {
	assessed_class
	input.app.spec.data != input.admitted.spec.data
	input.app.spec.assessment.digest == input.admitted.spec.assessment.digest
	message := "The app's use of data changed, but the assessment is still the one made for its earlier use."
	remedy := "Have the new use assessed and write down the new link, checksum and day."
}

problem contains {"field": "spec.assessment.date", "message": message, "remedy": remedy} if {
	assessed_class
	date := input.app.spec.assessment.date
	most := data.settings.data.assessed
	lib.seconds_since(date) >= most
	message := sprintf("The assessment is of `%s`, and holds for `%s`.", [date, lib.span(most)])
	remedy := "Have the app's use of data assessed again and write down the new link, checksum and day."
}
