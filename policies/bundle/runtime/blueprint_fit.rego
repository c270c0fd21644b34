# METADATA
# scope: package
# title: The app fits the blueprint it is built from
# description: >-
#   A blueprint is an approved template, checked for some kinds of apps up to
#   some size. An app names one that exists and stays inside it. A blueprint
#   that is being given up takes no new apps.
# custom:
#   id: runtime.blueprint-fit
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Choose a blueprint that fits the app, or change the app to fit.
#   controls: ["soc2:CC8.1", "iso27001:A.8.9", "iso27001:A.8.27"]
package levee.rules.runtime.blueprint_fit

import data.levee.lib

problem contains {"field": "spec.blueprint", "message": message, "remedy": remedy} if {
	not input.refs.blueprint.spec
	lib.live
	message := sprintf("The blueprint `%s` does not exist or cannot be read, so nothing vouches for how this app is built.", [input.app.spec.blueprint])
	remedy := lib.better(lib.in_blueprints, input.app.spec.blueprint, "Name a blueprint of the catalog with its version.")
}

problem contains {"field": "spec.blueprint", "message": message, "remedy": remedy} if {
	input.refs.blueprint.spec.obsolete == true
	name := input.app.spec.blueprint
	not built_before
	lib.live
	message := sprintf("The blueprint `%s` is being given up and takes no new apps.", [name])
	remedy := lib.better(lib.in_blueprints, name, "Choose another blueprint.")
}

built_before if input.admitted.spec.blueprint == input.app.spec.blueprint

problem contains {"field": "spec.runtime.type", "message": message, "remedy": remedy} if {
	types := input.refs.blueprint.spec.types
	type := input.app.spec.runtime.type
	not type in types
	lib.live
	message := sprintf("The blueprint `%s` is not made for an app of the type `%s`.", [input.app.spec.blueprint, type])
	remedy := sprintf("Write %s, or use another blueprint.", [lib.either(types)])
}

problem contains {"field": "spec.runtime.cpu", "message": message, "remedy": remedy} if {
	most := input.refs.blueprint.spec.cpu
	asked := input.app.spec.runtime.cpu
	asked > most
	lib.live
	message := sprintf("This app asks for `%s` of processor, more than the `%s` its blueprint `%s` allows.", [lib.cores(asked), lib.cores(most), input.app.spec.blueprint])
	remedy := sprintf("Write `%s` or less, or use another blueprint.", [lib.cores(most)])
}

problem contains {"field": "spec.runtime.memory", "message": message, "remedy": remedy} if {
	most := input.refs.blueprint.spec.memory
	asked := input.app.spec.runtime.memory
	asked > most
	lib.live
	message := sprintf("This app asks for `%s` of memory, more than the `%s` its blueprint `%s` allows.", [lib.size(asked), lib.size(most), input.app.spec.blueprint])
	remedy := sprintf("Write `%s` or less, or use another blueprint.", [lib.size(most)])
}
