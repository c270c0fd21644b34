# METADATA
# scope: package
# title: Apps in production tell about themselves
# description: >-
#   Nobody notices that an app fails, slows down or is no longer used unless it
#   says so. The settings list what every app in production has to tell: logs,
#   metrics or traces. Apps on a low-code platform are watched by the platform.
# custom:
#   id: quality.telemetry
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 90d
#   onRunning: grace
#   remedy: Have the app tell what is asked for, by OpenTelemetry or as its platform collects it, and list it under `telemetry`.
#   controls: ["soc2:CC7.2", "iso27001:A.8.15", "iso27001:A.8.16"]
package levee.rules.quality.telemetry

problem contains {"field": "spec.telemetry", "message": message, "remedy": remedy} if {
	input.facts.reach.production
	input.app.spec.runtime.type != "external"
	missing := [signal | some signal in data.settings.limits.telemetry; not signal in input.app.spec.telemetry]
	count(missing) > 0
	message := sprintf("This app is in production, but tells no %s about itself.", [concat(" and no ", missing)])
	remedy := sprintf("Write `telemetry: [%s]`, once the app does so.", [concat(", ", data.settings.limits.telemetry)])
}
