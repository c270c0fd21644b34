# METADATA
# scope: package
# title: Images are pinned by their checksum
# description: >-
#   A name such as latest can point to another program tomorrow. Written with
#   its checksum, what runs is exactly what was looked at.
# custom:
#   id: runtime.image-pinned
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Write the image with its checksum, as the build shows it, ending in @sha256 and 64 digits.
#   controls: ["soc2:CC6.8", "soc2:CC8.1", "iso27001:A.5.21", "iso27001:A.8.32", "ssdf:PS.2.1"]
package levee.rules.runtime.image_pinned

import data.levee.lib

problem contains {"field": "spec.runtime.image", "message": message} if {
	image := input.app.spec.runtime.image
	not pinned(image)
	lib.live
	message := sprintf("The image `%s` is not pinned by its checksum, so another program could run tomorrow under the same name.", [image])
}

# Functions and sites may be built by the platform they run on.
problem contains {"field": "spec.runtime.image", "message": message, "remedy": remedy} if {
	input.app.spec.runtime.type in {"container", "scheduled"}
	not input.app.spec.runtime.image
	lib.live
	message := sprintf("This app runs as `%s`, but no image says which program that is.", [input.app.spec.runtime.type])
	remedy := "Write the image the build made, with its checksum."
}

pinned(image) if regex.match(`^[^@]+@sha256:[0-9a-f]{64}$`, image)
