package convert

// monitoring is the table of sheets of metrics, alerts and what to do. What is measured and
// whom an alert tells is set up where the measures are kept; nothing of it is in a catalog.
var monitoring = []entry{
	{"version", implying("It is the version of the sheet, and says nothing of apps.")},
	{"metrics_to_collect", leaving("A catalog does not list metrics: collect them where apps run. What users can rely on goes under `spec.slo` of an app.")},
	{"alerts.*", takeAlert},
	{"incident_runbook.contain", leaving("Put the steps under `spec.runbook.containment` of the apps that they are for; `levee quarantine` contains an app at once.")},
	{"incident_runbook.recover", leaving("`levee rollback` brings an app back to what was admitted before; other steps go into the runbook of the platform.")},
	{"incident_runbook.*", leaving("Put the step into the runbook of the platform; whom to reach about an app goes under its `spec.runbook.contact`.")},
}

func takeAlert(c *conversion, f field) {
	if hasWord(f.child("action").text(), "quarantine", "contain") {
		c.leave(f, "A catalog has no alerts: set it up where the metrics are kept, and have it run `levee quarantine` for the app.")
		return
	}
	c.leave(f, "A catalog has no alerts: set it up where the metrics are kept.")
}
