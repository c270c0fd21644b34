# METADATA
# scope: package
# title: Apps and their data stay in allowed regions
# description: >-
#   Some data must not leave a country or a sovereign cloud. The regions an app
#   runs in, and those where its vendors keep data, must be allowed for its
#   classification and by its blueprint.
# custom:
#   id: runtime.region-allowed
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Run the app in a region that is allowed for its data.
#   controls: ["soc2:C1.1", "iso27001:A.5.23", "iso27001:A.5.31", "gdpr:Art.44"]
package levee.rules.runtime.region_allowed

import data.levee.lib

# by_class are the regions for the app's classification; undefined where it may
# be anywhere.
by_class := data.settings.regions[input.app.spec.classification]

# by_blueprint are those of its blueprint, likewise.
by_blueprint := regions if {
	regions := input.refs.blueprint.spec.regions
	count(regions) > 0
}

problem contains {"field": field, "message": message, "remedy": remedy} if {
	allowed := by_class
	some region in input.app.spec.runtime.regions
	not region in allowed
	lib.live
	field := lib.item("runtime.regions", region)
	message := sprintf("The region `%s` is not allowed for data classified `%s`.", [region, input.app.spec.classification])
	remedy := lib.better(lib.in_regions, region, advice("Run the app in one of", allowed))
}

problem contains {"field": field, "message": message, "remedy": remedy} if {
	allowed := by_blueprint
	some region in input.app.spec.runtime.regions
	not region in allowed
	lib.live
	field := lib.item("runtime.regions", region)
	message := sprintf("The region `%s` is not one that the blueprint `%s` may run in.", [region, input.app.spec.blueprint])
	remedy := lib.better(lib.in_regions, region, advice("Run the app in one of", allowed))
}

# Where nothing is written, the app could run anywhere.
problem contains {"field": "spec.runtime.regions", "message": message, "remedy": remedy} if {
	input.app.spec.runtime.regions == []
	allowed := by_class
	lib.live
	message := sprintf("Nothing says in which region this app runs, but data classified `%s` may only be in some.", [input.app.spec.classification])
	remedy := lib.somewhere(allowed)
}

problem contains {"field": "spec.runtime.regions", "message": message, "remedy": remedy} if {
	input.app.spec.runtime.regions == []
	not by_class
	allowed := by_blueprint
	lib.live
	message := sprintf("Nothing says in which region this app runs, but its blueprint `%s` may only run in some.", [input.app.spec.blueprint])
	remedy := lib.somewhere(allowed)
}

problem contains {"field": lib.used[name], "message": message, "remedy": remedy} if {
	some name, vendor in input.refs.vendors
	allowed := by_class
	outside := [region | some region in vendor.regions; not region in allowed]
	count(outside) > 0
	lib.live
	message := sprintf("The vendor `%s` keeps data in %s, where data classified `%s` must not be.", [name, lib.quoted(outside), input.app.spec.classification])
	remedy := advice("Use a vendor that keeps data in", allowed)
}

problem contains {"field": lib.used[name], "message": message, "remedy": remedy} if {
	some name, vendor in input.refs.vendors
	vendor.regions == []
	allowed := by_class
	lib.live
	message := sprintf("Nothing says where the vendor `%s` keeps data, but data classified `%s` may only be in some regions.", [name, input.app.spec.classification])
	remedy := advice("Have the vendor's regions written down, or use a vendor that keeps data in", allowed)
}

advice(start, regions) := sprintf("%s %s.", [start, lib.quoted(regions)]) if count(regions) > 0

else := "Ask the platform team to allow a region for such data; so far there is none."
