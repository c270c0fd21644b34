# METADATA
# scope: package
# title: Apps in production are built by known builders from known sources
# description: >-
#   Provenance (SLSA) says which builder made an image, and from which repository. Where
#   the settings name builders, an app in production has provenance beside it that a
#   signer signed, about the image that it runs, by such a builder and from a repository
#   that it may build from. Apps on a low-code platform are built by their platform.
#   Nothing is asked while the settings name no builder.
# custom:
#   id: quality.provenance
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Let a builder that the settings name build the app, and write its provenance beside the app.
#   controls: ["soc2:CC8.1", "iso27001:A.8.28", "iso27001:A.8.31", "ssdf:PS.3.2", "ssdf:PO.5.1"]
package levee.rules.quality.provenance

import data.levee.lib

problem contains {"field": "spec.runtime.image", "message": message} if {
	input.facts.reach.production
	input.app.spec.runtime.type != "external"
	count(data.settings.evidence.builders) > 0
	every file in input.refs.evidence {
		refused(file)
	}
	message := concat(" ", array.concat(
		["No provenance beside this app shows that a known builder built it."],
		[sprintf("`%s` %s.", [lib.evidence_path(file), reason]) |
			some file in input.refs.evidence
			file.kind == "provenance"
			reason := refused(file)
		],
	))
}

# refused is why a file is no provenance that counts; undefined for one that does. Only
# what a signer signed for this app has a signer.
refused(file) := "is no provenance" if {
	file.kind != "provenance"
} else := "is not signed for this app by a signer that may sign provenance" if {
	count(file.signers) == 0
} else := sprintf("is by the builder `%s`, which the settings do not name", [file.builder]) if {
	count(builders(file)) == 0
} else := "does not say from which repository it was built" if {
	file.source == ""
} else := sprintf("is of a build from `%s`, from which that builder may not build", [file.source]) if {
	count([source |
		some builder in builders(file)
		some source in builder.sources
		lib.stands_for(source, file.source)
	]) == 0
}

# builders are those of the settings that a file names.
builders(file) := [builder |
	some builder in data.settings.evidence.builders
	lib.stands_for(builder.id, file.builder)
]
