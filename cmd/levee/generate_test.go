package main

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The generated catalog: what the budgets are measured on. Everything comes from
// the number of the app, so a catalog of some size is always the same one, and a
// smaller one is part of a larger one.
const (
	genTeams      = 200
	genPeople     = 400
	genVendors    = 50
	genBlueprints = 20
	genPurposes   = 12
)

// generate makes a catalog with some number of apps, no two of which mean the
// same. Of a hundred, three are invalid and two denied, one waits for an approval
// in five, and now and then one cannot be judged.
func generate(apps int) map[string]string {
	files := map[string]string{
		"catalog.yaml": genSettings, "roles.yaml": genRoles(),
		"policies/described.rego": genDescribed(""), "policies/reviewed.rego": genReviewed,
	}
	for i := range genVendors {
		files[fmt.Sprintf("vendors/%s.yaml", genVendor(i))] = genVendorFile(i, "")
	}
	for i := range genBlueprints {
		files[fmt.Sprintf("blueprints/plan-%d/1/blueprint.yaml", i)] = genBlueprint(i)
		files[fmt.Sprintf("blueprints/plan-%d/1/scaffold/main.txt", i)] = fmt.Sprintf("Start here, with plan %d.\n", i)
	}
	for i := range apps {
		files[genPath(i)] = genApp(i)
		if i%9 == 4 {
			files[strings.TrimSuffix(genPath(i), "app.yaml")+"evidence/sbom.cdx.json"] = `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"left-pad","version":"1.3.0"}]}` + "\n"
		}
	}
	for i := range apps / 50 {
		app := genName(50*i + 3) // one of those that are denied
		files[fmt.Sprintf("waivers/w-%d.yaml", i)] = fmt.Sprintf("apiVersion: levee.dev/v1\nkind: Waiver\nmetadata: {name: w-%d}\nspec: {rule: runtime.limits, app: %s, reason: Until the new machines arrive., expires: 20%d-02-28}\n", i, app, 25+70*(i%2)+i%5)
	}
	return files
}

// spread writes files below a folder.
func spread(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for p, content := range files {
		to := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const genSettings = `apiVersion: levee.dev/v1
kind: Catalog
metadata: {name: generated}
spec:
  timeZone: Europe/Berlin
  approvers: {elevated: [security]}
  environments: [{name: staging, soak: 10m}, {name: production}]
  limits:
    registries: [registry.example.com]
    scopes: [readonly-database, api-read-service]
    models: [approved-llm, small-llm]
    languages: ["nodejs:22", "python:3.13", "go:1.26"]
    teamMonthly: 100000
  regions:
    confidential: [eu-1, eu-2]
    restricted: [eu-1]
`

func genTeam(i int) string   { return fmt.Sprintf("team-%d", i%genTeams) }
func genVendor(i int) string { return fmt.Sprintf("vendor-%d", i%genVendors) }
func genName(i int) string   { return fmt.Sprintf("app-%d", i) }
func genPath(i int) string   { return fmt.Sprintf("apps/%s/%s/app.yaml", genTeam(i), genName(i)) }

// genRoles gives every team two people, and every role a few.
func genRoles() string {
	var b strings.Builder
	b.WriteString("apiVersion: levee.dev/v1\nkind: Roles\nmetadata: {name: generated}\nspec:\n  people:\n")
	for i := range genPeople {
		fmt.Fprintf(&b, "    p-%d: {name: Person %d, email: p%d@example.com, certifications: [{name: secrets-and-gates, until: 209%d-06-30}]}\n", i, i, i, i%10)
	}
	for _, who := range []string{"chris", "dana", "kim"} {
		fmt.Fprintf(&b, "    %s: {name: %s}\n", who, who)
	}
	b.WriteString("  teams:\n")
	for i := range genTeams {
		fmt.Fprintf(&b, "    team-%d: {members: [p-%d, p-%d]}\n", i, i, i+genTeams)
	}
	b.WriteString("  roles:\n    product-owner: [{person: kim}]\n    security: [{person: chris}, {person: dana}]\n    dpo: [{person: dana}]\n    platform: [{person: chris}]\n    cost-team: [{person: kim}]\n")
	return b.String()
}

func genVendorFile(i int, title string) string {
	if title == "" {
		title = fmt.Sprintf("Vendor %d", i)
	}
	return fmt.Sprintf(`apiVersion: levee.dev/v1
kind: Vendor
metadata: {name: %s}
spec:
  title: %s
  domains: [api.v%d.example.com, "*.cdn.v%d.example.com"]
  purpose: purpose-%d
  scopes: [read, write, geocode]
  ceiling: %s
  regions: [eu-1]
  terms: {dpa: "https://legal.example.com/%d", dpaUntil: 2099-12-31, encryption: true, privacyReview: 2025-11-02, incidentNotice: 24h}
  approver: dana
  review: 2099-%02d-01
`, genVendor(i), title, i, i, i%genPurposes, []string{"internal", "confidential", "restricted"}[i%3], i, 1+i%12)
}

// genBlueprint approves two vendors and leaves the rest to security.
func genBlueprint(i int) string {
	return fmt.Sprintf(`apiVersion: levee.dev/v1
kind: Blueprint
metadata: {name: plan-%d}
spec:
  title: Plan %d
  owner: team-%d
  ceiling: %s
  types: [container, function, static, scheduled, external]
  vendors: [%s, %s]
  scopes: [plan-%d-queue]
`, i, i, i, []string{"confidential", "restricted"}[i%2], genVendor(i), genVendor(i+genBlueprints), i)
}

// genDescribed is a rule of the organisation's own; its words are what changes
// where one changed rule is measured.
func genDescribed(words string) string {
	if words == "" {
		words = "The app has no description."
	}
	return fmt.Sprintf(`# METADATA
# title: Apps say what they are for
# custom: {id: own.described, enforcement: warn, remedy: Add a description.}
package own.described

problem contains {"field": "spec.title", "message": %q} if {
	not input.app.spec.description
}
`, words)
}

// genReviewed cannot judge a label that is no moment.
const genReviewed = `# METADATA
# title: Apps with a label reviewed were reviewed lately
# custom: {id: own.reviewed, remedy: Review the app again.}
package own.reviewed

problem contains {"field": "metadata.labels", "message": "The last review of the app was before 2020."} if {
	time.parse_rfc3339_ns(input.app.metadata.labels.reviewed) < time.parse_rfc3339_ns("2020-01-01T00:00:00Z")
}
`

// genApp is one app. What it is comes from its number alone.
func genApp(i int) string {
	rng := rand.New(rand.NewPCG(uint64(i), 20))
	g := &genDraft{i: i, pick: func(list ...string) string { return list[rng.IntN(len(list))] }, chance: func(percent int) bool { return rng.IntN(100) < percent }}
	g.draft()
	switch k := i % 100; {
	case k < 3:
		return g.breakFile()
	case k < 5:
		g.breakRule()
	case i%1000 == 70:
		g.fields["metadata"] = fmt.Sprintf("{name: %s, labels: {costCenter: cc-%d, reviewed: lately}}", genName(i), i%97)
	case k%5 == 0:
		g.needApproval()
	}
	return g.String()
}

// genDraft is an app in the making: the lines of its file by field.
type genDraft struct {
	i      int
	pick   func(list ...string) string
	chance func(percent int) bool
	fields map[string]string
}

// draft makes an app that needs nobody's approval.
func (g *genDraft) draft() {
	i, plan := g.i, g.i%genBlueprints
	image := sha256.Sum256([]byte(genName(i)))
	g.fields = map[string]string{
		"metadata":       fmt.Sprintf("{name: %s, labels: {costCenter: cc-%d, unit: u-%d}}", genName(i), i%97, i%7),
		"title":          fmt.Sprintf("%s %d", g.pick("Expenses", "Rooms", "Offers", "Visitors", "Shifts"), i),
		"description":    fmt.Sprintf("Helps %s with task %d, and saves an hour a week.", genTeam(i), i),
		"version":        fmt.Sprintf("%d.%d.%d", 1+i%3, i%10, i%30),
		"owner":          fmt.Sprintf("{person: p-%d, team: %s, fallback: p-%d}", i%genTeams, genTeam(i), i%genTeams+genTeams),
		"blueprint":      fmt.Sprintf("plan-%d@1", plan),
		"classification": g.pick("public", "internal", "internal", "internal"),
		"access":         fmt.Sprintf("{groups: [%s-all], scopes: [%s]}", genTeam(i), g.pick("readonly-database", "api-read-service", fmt.Sprintf("plan-%d-queue", plan))),
		"budget":         fmt.Sprintf("{monthly: %d}", 5+i%20),
		"slo":            fmt.Sprintf("{availability: 99.%d, p95: %dms}", i%10, 200+10*(i%40)),
		"quality":        fmt.Sprintf("{tests: true, coverage: 0.%d}", 60+i%30),
		"runbook":        fmt.Sprintf("{contact: \"#%s-oncall\", killSwitch: quarantine, containment: \"Turn connector %d off, then call the team.\"}", genTeam(i), i),
		"lifecycle":      fmt.Sprintf("{stage: %s, created: 2026-03-0%d, ttl: %dd}", g.pick("approved", "approved", "prototype"), 1+i%9, 20+i%10),
	}
	switch kind := g.pick("container", "container", "function", "scheduled", "static", "external"); kind {
	case "static", "external":
		g.fields["runtime"] = fmt.Sprintf("{type: %s, memory: %dMi, regions: [eu-1]}", kind, 32*(1+i%8))
	default:
		when := ""
		if kind == "scheduled" {
			when = fmt.Sprintf(`schedule: "%d %d * * 1", `, i%60, i%24)
		}
		g.fields["runtime"] = fmt.Sprintf(`{type: %s, image: "registry.example.com/%s/%s@sha256:%x", language: "%s", %scpu: %dm, memory: %dMi, timeout: %ds, concurrency: %d, regions: [eu-1, eu-2]}`,
			kind, genTeam(i), genName(i), image, g.pick("nodejs:22", "python:3.13", "go:1.26"), when, 50*(1+i%10), 64*(1+i%6), 30+i%200, 1+i%20)
	}
	if g.chance(40) {
		g.fields["egress"] = fmt.Sprintf("[api.v%d.example.com, img%d.cdn.v%d.example.com]", plan, i, plan)
	}
	if g.chance(35) {
		g.fields["integrations"] = fmt.Sprintf("[{vendor: %s, scopes: [%s], purpose: show the places of task %d}]", genVendor(plan), g.pick("read", "geocode"), i)
	}
	if g.chance(50) {
		g.fields["data"] = fmt.Sprintf("[{dataset: set-%d, access: read, purpose: list entries of %d}, {dataset: rates, access: read, purpose: convert, retention: %dd}]", i, i, 1+i%300)
	}
	if g.chance(40) {
		g.fields["secrets"] = fmt.Sprintf("[{name: API_KEY_%d, store: vault, path: kv/%s/%s, ttl: 30m, rotation: %dd}]", i%40, genTeam(i), genName(i), 1+i%7)
	}
	if g.chance(20) {
		g.fields["models"] = fmt.Sprintf("[{name: %s, purpose: summarise, rateLimit: %d/min, validator: %s}]", g.pick("approved-llm", "small-llm"), 10+i%90, g.pick("allow-list", "schema", "human"))
	}
	if i > 300 && i%100 != 1 && g.chance(10) {
		g.fields["dependsOn"] = "[" + genName(i-i%100-40) + "]"
	}
}

// needApproval makes the app one that somebody has to agree to.
func (g *genDraft) needApproval() {
	switch (g.i / 5) % 4 {
	case 0:
		g.fields["data"] = fmt.Sprintf("[{dataset: people-%d, access: read, purpose: show who is in, categories: [employee], retention: 30d}]", g.i)
		g.fields["classification"] = "internal"
	case 1:
		g.fields["classification"] = "confidential"
		g.fields["lifecycle"] = "{stage: approved, created: 2026-03-03, ttl: 60d}"
	case 2:
		g.fields["integrations"] = fmt.Sprintf("[{vendor: %s, scopes: [read], purpose: task %d}]", genVendor(g.i%genBlueprints+1), g.i)
	default:
		g.fields["access"] = fmt.Sprintf("{groups: [%s-all], scopes: [write-database]}", genTeam(g.i))
	}
}

// breakRule makes the app one that rules deny.
func (g *genDraft) breakRule() {
	switch (g.i / 100) % 4 {
	case 0:
		g.fields["runtime"] = fmt.Sprintf("{type: static, cpu: %d, memory: 64Gi}", 2+g.i%50)
	case 1:
		g.fields["egress"] = fmt.Sprintf("[files.outside%d.example.org]", g.i)
	case 2:
		g.fields["owner"] = fmt.Sprintf("{person: p-%d, team: %s}", (g.i+1)%genTeams, genTeam(g.i))
	default:
		g.fields["lifecycle"] = "{stage: production, created: 2026-03-03, ttl: 300d}"
		delete(g.fields, "slo")
	}
}

// breakFile returns a file that is not what a manifest must be.
func (g *genDraft) breakFile() string {
	src := g.String()
	switch (g.i / 100) % 4 {
	case 0:
		return strings.Replace(src, "classification:", "klassification:", 1)
	case 1:
		return strings.Replace(src, "  title:", "  title: a: b", 1)
	case 2:
		return strings.Replace(src, "stage: ", "stage: not-", 1)
	default:
		return strings.Replace(src, "owner: {person: ", "owner: {persom: ", 1)
	}
}

var genOrder = strings.Fields("title description version owner blueprint classification runtime access egress integrations data secrets models slo budget quality runbook dependsOn lifecycle")

func (g *genDraft) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: levee.dev/v1\nkind: App\nmetadata: %s\nspec:\n", g.fields["metadata"])
	for _, name := range genOrder {
		if line, ok := g.fields[name]; ok {
			fmt.Fprintf(&b, "  %s: %s\n", name, line)
		}
	}
	return b.String()
}
