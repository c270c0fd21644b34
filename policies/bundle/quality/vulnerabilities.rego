# METADATA
# scope: package
# title: Known vulnerabilities do not stay open
# description: >-
#   A published vulnerability is a map for whoever wants to attack the app. In
#   production each is mended within the time that the settings give it by its
#   severity, or the file says with a reason why the app is not affected. Where
#   nobody says since when it is known, the time counts as over.
# custom:
#   id: quality.vulnerabilities
#   enforcement: deny
#   effective: "2026-01-01"
#   grace: 30d
#   onRunning: grace
#   remedy: Move to a version of the part without the vulnerability and run the scan again, or write down why the app is not affected.
#   controls: ["soc2:CC7.1", "iso27001:A.8.8", "ssdf:RV.2.2"]
package levee.rules.quality.vulnerabilities

import data.levee.lib

problem contains {"field": "spec.lifecycle.stage", "message": message, "remedy": remedy} if {
	input.facts.reach.production
	some file in input.refs.evidence
	some flaw in file.vulnerabilities
	flaw.state == "open"
	since := overdue(flaw)
	message := sprintf("The file `%s` names the vulnerability `%s`, of severity `%s`%s. It may be open for `%s`, and %s.", [lib.evidence_path(file), flaw.id, flaw.severity, place(flaw), lib.span(most(flaw)), since])
	remedy := mend(flaw)
}

# What is not listed may be of any age.
problem contains {"field": "spec.lifecycle.stage", "message": message} if {
	input.facts.reach.production
	some file in input.refs.evidence
	some severity, number in file.open
	bounded(severity)
	more := number - count([flaw | some flaw in file.vulnerabilities; flaw.state == "open"; flaw.severity == severity])
	more > 0
	message := sprintf("The file `%s` names `%v` more vulnerabilities of severity `%s` than are looked at one by one.", [lib.evidence_path(file), more, severity])
}

# bounded holds for severities that have a limit, be it with or without a fix.
bounded(severity) if {
	some spans in data.settings.evidence.open
	spans[severity]
}

most(flaw) := data.settings.evidence.open.withFix[flaw.severity] if flaw.fixedIn != ""

most(flaw) := data.settings.evidence.open.withoutFix[flaw.severity] if flaw.fixedIn == ""

overdue(flaw) := since(flaw.published, most(flaw))

since("", _) := "the file does not say since when it is known"

since(published, limit) := sprintf("it was published on `%s`", [published]) if {
	published != ""
	lib.seconds_since(published) > limit
}

place(flaw) := "" if flaw.part == ""

place(flaw) := sprintf(" in `%s`", [flaw.part]) if {
	flaw.part != ""
	flaw.version == ""
}

place(flaw) := sprintf(" in `%s` `%s`", [flaw.part, flaw.version]) if {
	flaw.part != ""
	flaw.version != ""
}

mend(flaw) := sprintf("Move `%s` to `%s` and run the scan again, or write down in the file why the app is not affected.", [flaw.part, flaw.fixedIn]) if {
	flaw.part != ""
	flaw.fixedIn != ""
} else := "Replace what has the vulnerability and run the scan again, or write down in the file why the app is not affected."
