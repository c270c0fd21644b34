# METADATA
# scope: package
# title: A person read the code that a model wrote
# description: >-
#   A model writes code that looks right, and nobody knows why it is as it is.
#   Before such an app is relied on, somebody reads it who is not its owner, and
#   their name stands in the file.
# custom:
#   id: models.generated-code
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Have somebody other than the owner read the code, and write their id as `reviewer`.
#   controls: ["soc2:CC8.1", "iso27001:A.8.28", "ssdf:PW.7.2"]
package levee.rules.models.generated_code

import data.levee.lib

problem contains {"field": "spec.quality.reviewer", "message": message} if {
	input.facts.reach.production
	written
	not read
	message := sprintf("A model wrote %s of the code of this app, and it is not said which person read it.", [part])
}

written if input.app.spec.quality.generated == "partly"

written if input.app.spec.quality.generated == "mostly"

part := "most" if input.app.spec.quality.generated == "mostly"

else := "some"

# Owners know what they wanted, and read that.
read if {
	input.app.spec.quality.reviewer != input.app.spec.owner.person
	lib.active(input.refs.reviewer)
}
