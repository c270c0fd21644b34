# METADATA
# scope: package
# title: Prototypes use sandbox data
# description: >-
#   A prototype is an experiment that few have looked at. It uses data sets that
#   are made up or anonymous, which their owners mark as sandbox; some stand in for
#   a real one.
# custom:
#   id: dataset.sandbox
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 7d
#   onRunning: grace
#   remedy: Use a sandbox data set, or ask for the stage `approved`.
#   controls: ["soc2:C1.1", "iso27001:A.8.31", "iso27001:A.8.33", "gdpr:Art.25"]
package levee.rules.dataset.sandbox

import data.levee.lib

problem contains {"field": field, "message": message, "remedy": remedy} if {
	some name, standIn in real
	standIn != ""
	field := concat("", [lib.item("data", name), ".dataset"])
	message := said(name)
	remedy := sprintf("Write `%s`, which stands in for it; or ask for the stage `approved`, where the app needs the real data.", [standIn])
}

problem contains {"field": "spec.lifecycle.stage", "message": message, "remedy": remedy} if {
	some name, standIn in real
	standIn == ""
	message := said(name)
	remedy := sprintf("Write `stage: approved` where the app needs such data, or leave the data set `%s` out.", [name])
}

said(name) := sprintf("A prototype must not use the data set `%s`, which is no sandbox.", [name])

# real maps the data sets that a prototype must not use to what stands in for them.
real[name] := object.get(set, "standIn", "") if {
	input.app.spec.lifecycle.stage == "prototype"
	some name, set in lib.catalogued
	not set.sandbox
}
