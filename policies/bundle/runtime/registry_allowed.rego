# METADATA
# scope: package
# title: Images come from approved registries
# description: >-
#   Anybody can put a program into a public registry. Images come only from the
#   registries that the catalog allows, where they are scanned and kept.
# custom:
#   id: runtime.registry-allowed
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Push the image to a registry that the catalog allows.
#   controls: ["soc2:CC6.8", "iso27001:A.5.21", "iso27001:A.8.19", "ssdf:PW.4.1"]
package levee.rules.runtime.registry_allowed

import data.levee.lib

problem contains {"field": "spec.runtime.image", "message": message, "remedy": remedy} if {
	image := input.app.spec.runtime.image
	not allowed
	lib.live
	message := sprintf("The image `%s` does not come from a registry that the catalog allows.", [image])
	remedy := advice
}

# An allowed registry may be narrowed to a folder of it. A path that climbs out
# of its folder is allowed nowhere.
allowed if {
	some registry in data.settings.limits.registries
	startswith(full_name, concat("", [trim_suffix(registry, "/"), "/"]))
	not contains(full_name, "/../")
}

# An image without a host comes from Docker Hub.
full_name := input.app.spec.runtime.image if hosted

else := concat("/", ["docker.io", input.app.spec.runtime.image])

hosted if regex.match(`^([^/]*[.:][^/]*|localhost)/`, input.app.spec.runtime.image)

advice := sprintf("Write `%s/%s` once the image is pushed there; allowed are %s.", [trim_suffix(lib.head(data.settings.limits.registries), "/"), lib.last_step(input.app.spec.runtime.image), lib.quoted(data.settings.limits.registries)]) if {
	count(data.settings.limits.registries) > 0
} else := "Ask the platform team to allow a registry; so far there is none."
