# METADATA
# scope: package
# title: Prototypes keep away from sensitive data
# description: >-
#   A prototype is an experiment that few have looked at. It must not touch
#   confidential or restricted data, nor health data or credentials or what else the
#   settings name; made-up data
#   does for trying out.
# custom:
#   id: lifecycle.prototype-data
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 7d
#   onRunning: grace
#   remedy: "Write `stage: approved` where the app needs such data; a prototype does with made-up data."
#   controls: ["soc2:C1.1", "iso27001:A.8.31", "iso27001:A.8.33", "gdpr:Art.25"]
package levee.rules.lifecycle.prototype_data

import data.levee.lib

problem contains {"field": "spec.lifecycle.stage", "message": message} if {
	input.app.spec.lifecycle.stage == "prototype"
	lib.closed
	message := sprintf("A prototype must not touch data classified `%s`.", [input.app.spec.classification])
}

problem contains {"field": "spec.lifecycle.stage", "message": message} if {
	input.app.spec.lifecycle.stage == "prototype"
	some name, kinds in lib.holds
	some category in kinds
	category in data.settings.data.prototypes
	message := sprintf("A prototype must not touch `%s` data, which `%s` holds.", [category, name])
}
