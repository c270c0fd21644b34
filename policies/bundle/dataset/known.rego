# METADATA
# scope: package
# title: Data sets are those of the catalog
# description: >-
#   The catalog says of each data set who owns it, how sensitive it is and who may
#   use it. Of a name that is not there, nobody has said so. Where the settings ask
#   for it (data.catalogued), an app names only data sets that the catalog has.
# custom:
#   id: dataset.known
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 14d
#   onRunning: grace
#   remedy: Name a data set of the catalog, or ask whoever owns the data to add it there.
#   controls: ["soc2:C1.1", "iso27001:A.5.9", "iso27001:A.5.12", "gdpr:Art.30"]
package levee.rules.dataset.known

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some use in input.app.spec.data
	not lib.catalogued[use.dataset]
	wanted(use.dataset)
	lib.live
	field := concat("", [lib.item("data", use.dataset), ".dataset"])
	message := sprintf("The data set `%s` is not among those of the catalog, so nobody says how sensitive it is and who may use it.", [use.dataset])
	remedy := lib.better(lib.in_data_sets, use.dataset, sprintf("Name a data set of the catalog, or ask whoever owns this data to add the file `data/%s.yaml`.", [use.dataset]))
}

wanted(_) if data.settings.data.catalogued

# What a file says that cannot be read, nobody knows; that it says nothing would be a guess.
wanted(name) if input.refs.dataSets[name] == null
