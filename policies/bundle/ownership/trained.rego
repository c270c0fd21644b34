# METADATA
# scope: package
# title: The owner passed the courses that owners need
# description: >-
#   A short course, by default `secrets-and-gates`, tells owners how to keep secrets
#   out of their app and what happens on the way to publishing. It is taken again
#   when the certificate runs out. An owner without it gets a reminder and can still publish.
# custom:
#   id: ownership.trained
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Take the course and have its date added to the list of people.
#   controls: ["soc2:CC1.4", "iso27001:A.6.3"]
package levee.rules.ownership.trained

import data.levee.lib

# An owner who cannot answer for the app is the business of
# ownership.owner-active.
problem contains {"field": "spec.owner.person", "message": message, "remedy": remedy} if {
	some course in data.settings.training.owners
	not certified(course)
	lib.active(input.refs.owner.person)
	lib.live
	remedy := lib.course(course)
	message := sprintf("The owner `%s` holds no valid certificate of the course `%s`.", [input.app.spec.owner.person, course])
}

# A certificate holds through its last day.
certified(course) if {
	some certificate in input.refs.owner.person.certifications
	certificate.name == course
	certificate.until >= input.today
}
