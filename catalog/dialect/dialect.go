package dialect

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Dialect is a form that a file of another program is written in.
type Dialect string

// The dialects.
const (
	Microapp       Dialect = "microapp"        // manifest of an app: lifecycle.ttl_days, allowed_third_parties
	AppManifest    Dialect = "app-manifest"    // manifest of an app: data_access, lifecycle.tier and expires
	Backstage      Dialect = "backstage"       // catalog-info.yaml: entities of backstage.io
	Template       Dialect = "template"        // descriptor of an approved template
	ThirdParties   Dialect = "third-parties"   // list of the services that apps may call
	SecretPolicy   Dialect = "secret-policy"   // allowed stores, days of rotation
	SecretHandling Dialect = "secret-handling" // secrets_policy at the top of a sheet
	Secrets        Dialect = "secrets"         // sheet of rules on secrets, in words
	Access         Dialect = "access"          // sheet of roles and their scopes
	Checklist      Dialect = "checklist"       // sheet of what a review looks at
	Gates          Dialect = "gates"           // sheet of what each level of risk asks for
	Monitoring     Dialect = "monitoring"      // sheet of metrics, alerts, and what to do
	Rules          Dialect = "rules"           // rules in Rego: deny, violation, warn, allow
	Gatekeeper     Dialect = "gatekeeper"      // a constraint, or a template with rules in Rego
)

// form is how a dialect is recognised: by so many of its marks. A mark is a path of names
// as Key writes them; a star stands for any one name or any item of a list, an equals sign
// at the end for a value that is one word. Sheets write a group as a list of pairs too, and
// a name is looked for in the items of a list as well.
type form struct {
	dialect Dialect
	title   string
	needs   int
	marks   []string
}

var forms = []form{
	{Microapp, "a microapp manifest", 2, []string{
		"owner.name", "owner.contact", "lifecycle.state", "lifecycle.created_at", "lifecycle.ttl_days", "classification.data", "classification.pii",
		"runtime.allowed_runtimes", "runtime.outbound_network", "runtime.allowed_third_parties",
		"security.secrets_policy", "security.require_sbom", "security.require_tests", "security.min_code_coverage", "compliance.approved_by",
	}},
	{AppManifest, "an app manifest with `data_access` and tiers", 2, []string{
		"sso=", "runtime.type", "runtime.cpu_limit", "runtime.mem_limit", "runtime.max_runtime_minutes", "secrets.*.provider", "data_access",
		"lifecycle.tier", "lifecycle.expires", "sso_groups", "required_scopes", "cost_center",
	}},
	{Template, "a template descriptor", 2, []string{"allowed_regions", "runtime=", "cost_profile", "required_scans", "required_approvals"}},
	{ThirdParties, "a list of allowed third parties", 1, []string{"allowed_third_parties"}},
	{SecretPolicy, "a secret policy", 1, []string{"secret_policy"}},
	{SecretPolicy, "a secret policy", 2, []string{"repo_detection", "allowed_stores", "ci_auth", "rotation_days"}},
	{SecretHandling, "a sheet on the handling of secrets", 1, []string{"secrets_policy="}},
	{Secrets, "a sheet of rules on secrets", 1, []string{
		"rules.no_secrets_in_repo", "rules.vault_required", "rules.ephemeral_creds", "rules.secret_rotation", "developer_guidance",
	}},
	{Access, "an access sheet", 1, []string{
		"roles.microapp_creator", "roles.microapp_runtime", "roles.*.default_scopes", "roles.*.max_scopes_allowed", "roles.*.require_approval_for",
		"roles.*.permissions", "approvals.elevated_scopes", "session_policies",
	}},
	{Checklist, "a review checklist", 2, []string{"metadata.app_name", "automated_checks", "manual_checks", "release_decision"}},
	{Gates, "a sheet of deployment gates", 1, []string{"risk_levels", "approvals_required"}},
	{Monitoring, "a monitoring sheet", 1, []string{"metrics_to_collect", "incident_runbook", "alerts.*.when"}},
}

// otherwise are the dialects that are told by no marks, with their titles.
var otherwise = []form{
	{dialect: Backstage, title: "a file of Backstage"},
	{dialect: Rules, title: "rules in Rego"},
	{dialect: Gatekeeper, title: "a constraint or template of Gatekeeper"},
}

// Of is the dialect of a document, by the marks of which it has most; empty where it has
// too few of any.
func Of(root *yaml.Node) Dialect {
	if list := In(root); len(list) > 0 {
		return list[0]
	}
	return ""
}

// In lists the dialects of a document, the one that Of names first. Several sheets may stand
// in one document, since they say different things of all apps; anything else is one thing.
func In(root *yaml.Node) []Dialect {
	if strings.HasPrefix(word(root, "api_version"), "backstage.io/") {
		return []Dialect{Backstage}
	}
	var list []Dialect
	first, most := Dialect(""), 0
	for _, f := range forms {
		found := f.found(root)
		if found < f.needs {
			continue
		}
		if !slices.Contains(list, f.dialect) {
			list = append(list, f.dialect)
		}
		if found > most {
			first, most = f.dialect, found
		}
	}
	list = slices.DeleteFunc(list, func(d Dialect) bool { return d == first || !d.sheet() || !first.sheet() })
	if first != "" {
		list = append([]Dialect{first}, list...)
	}
	return list
}

// found is how many marks of a form a document has.
func (f form) found(root *yaml.Node) int {
	n := 0
	for _, mark := range f.marks {
		if path, one := strings.CutSuffix(mark, "="); has(root, strings.Split(path, "."), one) {
			n++
		}
	}
	return n
}

// sheet reports whether files of a dialect say something of all apps.
func (d Dialect) sheet() bool {
	return !slices.Contains([]Dialect{Microapp, AppManifest, Backstage, Template}, d)
}

// Title is what people call a file of a dialect, with its article.
func (d Dialect) Title() string {
	for _, f := range slices.Concat(otherwise, forms) {
		if f.dialect == d {
			return f.title
		}
	}
	return ""
}

// All lists the dialects.
func All() []Dialect {
	var list []Dialect
	for _, f := range slices.Concat(otherwise, forms) {
		if !slices.Contains(list, f.dialect) {
			list = append(list, f.dialect)
		}
	}
	return list
}

// has reports whether a path of names leads anywhere, and to one word where that is asked.
func has(n *yaml.Node, path []string, one bool) bool {
	if len(path) == 0 {
		return !one || n.Kind == yaml.ScalarNode
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if (path[0] == "*" || Key(n.Content[i].Value) == path[0]) && has(n.Content[i+1], path[1:], one) {
				return true
			}
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			rest := path
			if path[0] == "*" {
				rest = path[1:]
			} else if item.Kind != yaml.MappingNode {
				continue
			}
			if has(item, rest, one) {
				return true
			}
		}
	}
	return false
}

// word is the word that stands at a name; empty where there is none.
func word(n *yaml.Node, name string) string {
	if n.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if Key(n.Content[i].Value) == name && n.Content[i+1].Kind == yaml.ScalarNode {
			return n.Content[i+1].Value
		}
	}
	return ""
}
