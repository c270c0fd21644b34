package convert

import (
	"fmt"

	"github.com/levee-gitops/levee/catalog/safetext"
)

// access is the table of sheets that say what apps and their creators may do.
var access = []entry{
	{"version", implying("It is the version of the sheet, and says nothing of apps.")},
	{"roles.*.default_scopes", takeScopes},
	{"roles.*.max_scopes_allowed", settingsField(asNumber, "maxScopes", "limits")},
	{"roles.*.require_approval_for.*", takeElevated},
	{"roles.*.can_create", implyingIf(yes,
		"Whoever roles.yaml lists may bring an app in a change.",
		"Whoever roles.yaml lists may bring an app in a change: take those out who must not.")},
	{"roles.*.default_runtime_identity", leaving("Each app runs with a service account of its own; a catalog has no field for one that they share.")},
	{"roles.*.permissions", leaving("List what every app of a template may do in its blueprint, under `spec.scopes`.")},
	{"approvals.elevated_scopes.required", implyingIf(yes,
		"The rule scopes.elevated asks for an approval of each scope that `limits.scopes` does not list.",
		"The rule scopes.elevated asks for an approval of each scope that `limits.scopes` does not list; set it off under `rules` of catalog.yaml to go without.")},
	{"approvals.elevated_scopes.approvers.*", takeApprover},
	{"session_policies.ephemeral_tokens_ttl", takeSession},
	{"session_policies.rotate_on_deploy", leaving("A catalog has no field for it: replace secrets from the pipeline that deploys.")},
}

// takeScopes takes the scopes that apps may have without asking.
func takeScopes(c *conversion, f field) {
	for _, word := range f.words() {
		if value, remark := c.read(word, asText); value != nil {
			c.add(word, c.settings("limits"), "scopes", value, remark)
		}
	}
}

// takeElevated takes a scope that needs approval: one that is not listed does.
func takeElevated(c *conversion, f field) {
	limits := c.settings("limits")
	if list := pick(limits.at, "scopes"); list != nil {
		for _, scope := range list.Content {
			if scope.Value == f.text() {
				c.leave(f, fmt.Sprintf("%s may be had without asking too, by `limits.scopes`: take it out there if it needs approval.", safetext.Code(f.text())))
				return
			}
		}
	}
	c.imply(f, "A scope needs an approval by security where `limits.scopes` of catalog.yaml does not list it.")
}

// takeApprover takes who approves scopes that are not on the list.
func takeApprover(c *conversion, f field) {
	role := roleIn(f.text())
	if role == "" {
		c.leave(f, "Write who approves such scopes under `approvers.elevated` of catalog.yaml, by role.")
		return
	}
	c.add(f, c.settings("approvers"), "elevated", str(role), "It approves scopes that `limits.elevated` names and `limits.scopes` does not list.")
}

// takeSession takes how long a sign-in may hold.
func takeSession(c *conversion, f field) {
	if span := secondsOf(f); span != "" {
		c.put(f, c.settings("limits"), "session", raw(span), "")
		return
	}
	c.leave(f, "How long a sign-in may hold goes under `limits.session` of catalog.yaml, such as 15m.")
}
