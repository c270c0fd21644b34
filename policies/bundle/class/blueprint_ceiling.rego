# METADATA
# scope: package
# title: An app stays within what its blueprint is made for
# description: >-
#   A blueprint says how sensitive the data of its apps may be, because its
#   protections were chosen for that. An app with more sensitive data needs a
#   blueprint that protects more.
# custom:
#   id: class.blueprint-ceiling
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Choose a blueprint made for data of this classification.
#   controls: ["soc2:C1.1", "iso27001:A.5.12", "iso27001:A.8.3"]
package levee.rules.class.blueprint_ceiling

import data.levee.lib

# A missing blueprint is the business of runtime.blueprint-fit.
problem contains {"field": "spec.blueprint", "message": message, "remedy": remedy} if {
	ceiling := input.refs.blueprint.spec.ceiling
	class := input.app.spec.classification
	lib.rank[class] > lib.rank[ceiling]
	lib.live
	remedy := lib.better(lib.in_blueprints, input.app.spec.blueprint, "Ask the platform team for a blueprint that is made for data of this classification; so far there is none.")
	message := sprintf("This app is classified `%s`, but its blueprint `%s` is made for data up to `%s`.", [class, input.app.spec.blueprint, ceiling])
}
