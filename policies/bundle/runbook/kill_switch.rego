# METADATA
# scope: package
# title: The switch that stops an app exists
# description: >-
#   An app that is stopped by a feature flag must name that flag. Otherwise
#   whoever has to stop it looks for a switch that nobody can find.
# custom:
#   id: runbook.kill-switch
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Name the feature flag that turns the app off, or choose `quarantine`.
#   controls: ["soc2:CC7.4", "iso27001:A.5.26"]
package levee.rules.runbook.kill_switch

import data.levee.lib

problem contains {"field": "spec.runbook.flag", "message": "This app is stopped by a feature flag, but nothing says which one.", "remedy": remedy} if {
	input.app.spec.runbook.killSwitch == "flag"
	not input.app.spec.runbook.flag
	remedy := sprintf("Write `flag: %s-on`, with the name of the flag that turns the app off; or stop it by `quarantine`.", [input.app.metadata.name])
	lib.live
}
