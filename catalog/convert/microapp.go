package convert

import "slices"

// microapp is the table of manifests with `lifecycle.ttl_days`, `classification.data` and
// `allowed_third_parties`.
var microapp = []entry{
	{"", beginApp("", "name", "id")},
	{"version", appField(asText, "version")},
	{"title", appField(asText, "title")},
	{"description", appField(asText, "description")},
	{"notes", appField(asText, "description")},
	{"owner", takeOwner},
	{"lifecycle.state", appField(asStage, "stage", "lifecycle")},
	{"lifecycle.stage", appField(asStage, "stage", "lifecycle")},
	{"lifecycle.created_at", appField(asDay, "created", "lifecycle")},
	{"lifecycle.created", appField(asDay, "created", "lifecycle")},
	{"lifecycle.ttl_days", appField(asDays, "ttl", "lifecycle")},
	{"lifecycle.ttl", appField(asDays, "ttl", "lifecycle")},
	{"lifecycle.expires", takeExpiry},
	{"classification.data", takeClass},
	{"classification.level", takeClass},
	{"classification.pii", takePersonal},
	{"runtime.allowed_runtimes", takeLanguage},
	{"runtime.language", takeLanguage},
	{"runtime.type", appField(asType, "type", "runtime")},
	{"runtime.outbound_network", takeNetwork},
	{"runtime.allowed_third_parties.*", takeHost},
	{"allowed_third_parties.*", takeHost},
	{"security.secrets_policy", takeStores},
	{"security.require_sbom", implyingIf(yes,
		"Every app that goes to production needs a list of its parts beside it, in evidence/.",
		"Every app that goes to production needs a list of its parts, in evidence/; an app that cannot have one needs a waiver.")},
	{"security.require_tests", implyingIf(yes,
		"Every app that goes to production is asked for tests; what it has belongs under `spec.quality`.",
		"Every app that goes to production is asked for tests; an app that cannot have any needs a waiver.")},
	{"security.min_code_coverage", leaving("The least coverage holds for all apps and stands in catalog.yaml, as `limits.coverage`; what tests of this app run belongs under `spec.quality.coverage`.")},
	{"compliance.scopes.*", appItem(asScope, "compliance")},
	{"compliance.approved_by", leaving("An approval is a review of the change that brings the app, and is recorded with it; none is taken from a file.")},
	{"compliance.approval_date", leaving("An approval is a review of the change that brings the app, and is recorded with it; none is taken from a file.")},
	{"compliance.notes", appField(asText, "description")},
	{"classification", takeClass},
}

var asScope = table(map[string]string{
	"soc2": "soc2", "soc 2": "soc2", "iso27001": "iso27001", "iso 27001": "iso27001", "gdpr": "gdpr", "hipaa": "hipaa", "pci": "pci", "pci-dss": "pci",
}, "is no scope that a catalog knows; write soc2, iso27001, gdpr, hipaa or pci under `spec.compliance`.")

// takePersonal takes whether an app touches personal data. Which data sets those are, the
// file does not say.
func takePersonal(c *conversion, f field) {
	if slices.Contains(no, lower(f)) {
		c.imply(f, "An app touches the data sets that `spec.data` lists, and no personal data where none of them has the category pii.")
		return
	}
	c.blank(f, c.app.in("spec"), "data", dataText("pii"))
}
