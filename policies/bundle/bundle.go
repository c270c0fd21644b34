// Package bundle embeds the rule library, with which every catalog is judged, and its
// tests. Package rego compiles and evaluates the rules.
//
// Each rule has a file of its own, area/rule_name.rego, in the package
// levee.rules.area.rule_name. The annotation of the package has the rule's title,
// description, enforcement and controls. Definitions that several rules use are in lib.
package bundle

import "embed"

// FS holds the rules (*.rego) and their tests (*_test.rego).
//
//go:embed */*.rego
var FS embed.FS

// Roles are the roles whose approval is required where the settings name no other, beside the
// owners of apps and data, and the one that stands in for the owners of data.
var Roles = []string{"product-owner", "security", "dpo", "platform", "cost-team", "app-steering-committee", "data-steward"}
