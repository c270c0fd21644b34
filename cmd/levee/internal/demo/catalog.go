package demo

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
)

// people are those of the story: two who build, three who approve.
var people = map[string]string{
	"ana": "builds little tools for finance", "ben": "owns finance's products", "chris": "security and platform",
	"dana": "data protection", "eve": "builds for operations",
}

// apps are the apps there are when the story begins, with what makes each
// different.
var apps = map[string]string{
	"expense-submit": "Expense quick submit", "rates-feed": "Exchange rates of the day", "travel-board": "Who travels where",
	"invoice-finder": "Find an invoice", "budget-view": "Budgets at a glance", "closing-list": "Month-end checklist",
	"desk-finder": "Find a desk", "shift-swap": "Swap a shift", "key-log": "Who has which key",
	"parcel-bell": "A parcel has come", "menu-week": "Menu of the week", "visitor-pass": "Passes for visitors",
}

// shortLived are asked about after three months; the others after a year.
var shortLived = map[string]bool{"desk-finder": true, "shift-swap": true}

const settingsFile = `apiVersion: levee.dev/v1
kind: Catalog
metadata: {name: demo}
spec:
  timeZone: Europe/Berlin
  approvers: {elevated: [security]}
  environments:
    - {name: staging, soak: 10m}
    - {name: production}
  limits: {scopes: [readonly-database]}
  lifecycle: {ttl: 365d, channel: "#platform"}
`

const blueprintFile = `apiVersion: levee.dev/v1
kind: Blueprint
metadata: {name: page}
spec: {title: Internal page, owner: finance, ceiling: confidential, types: [static]}
`

const vendorFile = `apiVersion: levee.dev/v1
kind: Vendor
metadata: {name: acme-maps}
spec: {title: Acme Maps, domains: [maps.acme.example], purpose: maps, approver: chris, review: 2027-01-01}
`

// appFile writes an app. Replacements are pairs of old and new text.
func appFile(name string, replace ...string) string {
	team, owner, fallback := "finance", "ana", "ben"
	if strings.Contains("desk-finder shift-swap key-log parcel-bell menu-week visitor-pass", name) {
		team, owner, fallback = "operations", "eve", "chris"
	}
	lifecycle := "created: 2026-02-20"
	if shortLived[name] {
		lifecycle = "created: 2026-03-02, ttl: 90d"
	}
	src := fmt.Sprintf(`apiVersion: levee.dev/v1
kind: App
metadata: {name: %s, labels: {costCenter: %s-204}}
spec:
  title: %s
  version: 1.0.0
  owner: {person: %s, team: %s, fallback: %s}
  blueprint: page@1
  classification: internal
  runtime: {type: static, memory: 64Mi}
  runbook: {contact: "#on-call", killSwitch: quarantine}
  access: {groups: [everyone]}
  budget: {monthly: 5}
  lifecycle: {stage: production, %s}
`, name, team[:3], apps[name], owner, team, fallback, lifecycle)
	return strings.NewReplacer(replace...).Replace(src)
}

// partsFile is the list of parts that each app has beside it: production asks for one.
const partsFile = `{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "page", "version": "1.0.0"}]}
`

func appPath(name string) string { return "apps/all/" + name + "/app.yaml" }

// foundInFolder begins the whole story.
func (d *Demo) foundInFolder() error {
	fmt.Fprintf(d.out, "A catalog of %d small apps in one bare Git repository; a folder as target; nothing else.\n", len(apps))
	files := map[string]string{"catalog.yaml": settingsFile, "blueprints/page/1/blueprint.yaml": blueprintFile, "vendors/acme-maps.yaml": vendorFile}
	for name := range apps {
		files[appPath(name)] = appFile(name)
		files[path.Join(path.Dir(appPath(name)), "evidence", "sbom.cdx.json")] = partsFile
	}
	if err := os.Mkdir(filepath.Join(d.dir, "run"), 0o755); err != nil {
		return fmt.Errorf("make the target's folder: %w", err)
	}
	return d.found(files, "directory: {kind: directory, root: run}")
}

// found makes the repository, the keys, a catalog with files and the people of the story, and the
// ledger. target is the line of levee.yaml with the one target.
func (d *Demo) found(files map[string]string, target string) error {
	if out, err := exec.CommandContext(d.ctx, "git", "init", "--quiet", "--bare", "--initial-branch=main", filepath.Join(d.dir, "catalog.git")).CombinedOutput(); err != nil {
		return fmt.Errorf("make the repository: %w: %s", err, out)
	}
	var roles strings.Builder
	roles.WriteString("apiVersion: levee.dev/v1\nkind: Roles\nmetadata: {name: demo}\nspec:\n  people:\n")
	for _, person := range slices.Sorted(maps.Keys(people)) {
		pem, signer, err := sshkey.Generate(person)
		if err != nil {
			return err
		}
		d.keys[person] = signer
		if err := os.WriteFile(filepath.Join(d.dir, person+".key"), pem, 0o600); err != nil {
			return fmt.Errorf("write a key: %w", err)
		}
		fmt.Fprintf(&roles, "    %s: {name: %s, email: %s@example.com, keys: [%q], certifications: [{name: secrets-and-gates, until: 2030-01-01}]}\n", person, person, person, signer.Public().String())
	}
	roles.WriteString(`  teams:
    finance: {members: [ana, ben]}
    operations: {members: [eve, chris]}
  roles:
    product-owner: [{person: ben, teams: [finance]}, {person: chris, teams: [operations]}]
    security: [{person: chris}]
    dpo: [{person: dana}]
    platform: [{person: chris}]
    cost-team: [{person: dana}]
`)
	files["roles.yaml"] = roles.String()
	if err := d.commit("chris", "main", "Begin", files); err != nil {
		return err
	}
	config := "repository: catalog.git\ndrift: 1s\nnotices: {kind: console}\ntargets:\n  " + target + "\n"
	if err := d.config(config); err != nil {
		return err
	}
	if err := d.levee(false, "ledger", "init", "--root-key", filepath.Join(d.dir, "root.key")); err != nil {
		return err
	}
	_, pinned, _ := strings.Cut(d.last, "\nledger:")
	return d.config(config + "ledger:" + pinned)
}

func (d *Demo) config(text string) error {
	if err := os.WriteFile(filepath.Join(d.dir, "levee.yaml"), []byte(text), 0o644); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return nil
}
