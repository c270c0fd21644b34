package reconcilertest

import (
	"fmt"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// Files are contents by path. An empty one stands for a file that is taken away.
type Files = map[string]string

// Start is when the stories begin: a morning in March.
var Start = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

// People are those whom roles.yaml lists.
var People = []string{"ana", "ben", "chris", "dana", "eve"}

const (
	// Settings are catalog.yaml: two environments, of which the first has content soak.
	Settings = `apiVersion: levee.dev/v1
kind: Catalog
metadata: {name: c}
spec:
  timeZone: UTC
  approvers: {elevated: [security]}
  environments: [{name: staging, soak: 10m}, {name: production, stages: [prototype, approved, production]}]
  limits: {scopes: [readonly-database]}
  rules: {quality.sbom: {enforcement: "off"}, quality.tests: {enforcement: "off"}, quality.coverage: {enforcement: "off"}, quality.slo: {enforcement: "off"}, runbook.present: {enforcement: "off"}}
`
	// Blueprint is what boards are made of.
	Blueprint = `apiVersion: levee.dev/v1
kind: Blueprint
metadata: {name: page}
spec: {title: Page, owner: ops, ceiling: restricted, types: [static]}
`
)

// Roles are roles.yaml: People with these keys, and what they may agree to.
func Roles(keys map[string]*gitrepotest.Key) string {
	var b strings.Builder
	b.WriteString("apiVersion: levee.dev/v1\nkind: Roles\nmetadata: {name: r}\nspec:\n  people:\n")
	for _, p := range People {
		fmt.Fprintf(&b, "    %s: {name: %s, email: %s@example.com, github: %s, keys: [%q], certifications: [{name: secrets-and-gates, until: 2030-01-01}]}\n", p, p, p, p, keys[p].Public.String())
	}
	b.WriteString(`  teams:
    ops: {members: [ana, ben]}
  roles:
    product-owner: [{person: ben, teams: [ops]}]
    security: [{person: chris}, {person: dana}]
    dpo: [{person: dana}]
    platform: [{person: chris}]
    cost-team: [{person: dana}]
`)
	return b.String()
}

// Governance is all of a catalog but its apps, for people with these keys.
func Governance(keys map[string]*gitrepotest.Key) Files {
	return Files{"catalog.yaml": Settings, "roles.yaml": Roles(keys), "blueprints/page/1/blueprint.yaml": Blueprint}
}

// Board is an app. Replacements are pairs of old and new text.
func Board(name string, replace ...string) string {
	src := fmt.Sprintf(`apiVersion: levee.dev/v1
kind: App
metadata: {name: %s, labels: {costCenter: ops-1}}
spec:
  title: Board
  version: 1.0.0
  owner: {person: ana, team: ops, fallback: ben}
  blueprint: page@1
  classification: internal
  runtime: {type: static}
  access: {groups: [everyone]}
  budget: {monthly: 5}
  lifecycle: {stage: prototype, created: 2026-03-05, ttl: 30d}
`, name)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(src, replace[i]) {
			panic("the board has no " + replace[i])
		}
		src = strings.Replace(src, replace[i], replace[i+1], 1)
	}
	return src
}

// BoardPath is where a board lies.
func BoardPath(name string) string { return "apps/ops/" + name + "/app.yaml" }

// BoardFile is one board where it lies.
func BoardFile(name string, replace ...string) Files {
	return Files{BoardPath(name): Board(name, replace...)}
}

// Medium makes an edit that the product owner has to approve.
func Medium(version string) []string {
	return []string{"version: 1.0.0", "version: " + version, "  budget:", "  data: [{dataset: people, access: read, purpose: show, categories: [employee], retention: 30d}]\n  budget:"}
}
