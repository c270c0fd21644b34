# METADATA
# scope: package
# title: Evidence is about the app as it runs
# description: >-
#   A list of parts or a scan of another image says nothing about this one. In
#   production a file that names an image names the one that the app runs, and
#   where the settings ask for it each names that image, or the app's version.
# custom:
#   id: quality.evidence-subject
#   enforcement: warn
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Let the build that makes the image write the file, and publish both in one change.
#   controls: ["soc2:CC7.1", "iso27001:A.8.8", "ssdf:PS.3.2"]
package levee.rules.quality.evidence_subject

import data.levee.lib

problem contains {"field": "spec.runtime.image", "message": message} if {
	input.facts.reach.production
	some file in looked_at
	named := images(file)
	not running in named
	message := sprintf("The file `%s` is about the image `%s`, but this app runs `%s`.", [lib.evidence_path(file), short(named[0]), short(running)])
}

problem contains {"field": "spec.runtime.image", "message": message} if {
	input.facts.reach.production
	data.settings.evidence.subject == "image"
	running
	some file in looked_at
	count(images(file)) == 0
	message := sprintf("The file `%s` does not say which image it is about.", [lib.evidence_path(file)])
}

problem contains {"field": "spec.version", "message": message} if {
	input.facts.reach.production
	data.settings.evidence.subject == "version"
	some file in looked_at
	not of_version(file)
	message := sprintf("The file `%s` does not say that it is about version `%s` of this app.", [lib.evidence_path(file), input.app.spec.version])
}

# looked_at are the files that are about one build of the app.
looked_at := [file | some file in input.refs.evidence; file.kind in {"parts", "findings"}]

# running is the digest of the image that the app runs; undefined where it runs none.
running := digest if {
	digest := images({"about": [input.app.spec.runtime.image]})[0]
}

# images are the digests that a file names.
images(file) := [digest |
	some name in file.about
	some digest in regex.find_n(`sha256:[0-9a-f]{64}`, name, 1)
]

of_version(file) if {
	some name in file.about
	endswith(name, concat("", ["@", input.app.spec.version]))
}

short(digest) := substring(digest, 0, 19)
