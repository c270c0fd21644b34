// Package policiestest is a small catalog to judge in tests: an app that is fine, people who
// hold roles, a blueprint, and short ways to edit and to judge it.
package policiestest

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/policies"
)

// Now is a moment in the middle of a day in the zone of the test catalog.
var Now = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// Base is a catalog in which the app board is fine.
var Base = map[string]string{
	"catalog.yaml": `apiVersion: levee.dev/v1
kind: Catalog
metadata: {name: c}
spec:
  timeZone: Europe/Berlin
  approvers: {elevated: [security]}
  environments: [{name: staging}, {name: production}]
  limits: {registries: [registry.example.com], scopes: [readonly-database]}
`,
	"roles.yaml": `apiVersion: levee.dev/v1
kind: Roles
metadata: {name: r}
spec:
  people:
    ana: {name: Ana, certifications: [{name: secrets-and-gates, until: 2030-01-01}]}
    ben: {name: Ben}
    chris: {name: Chris}
    dana: {name: Dana}
    eve: {name: Eve, left: true}
    robot: {name: Robot, bot: true}
    po-hr: {name: Other}
  teams:
    ops: {members: [ana, ben]}
    hr: {members: [po-hr]}
  roles:
    product-owner: [{person: ben, teams: [ops]}, {person: po-hr, teams: [hr]}]
    security: [{person: chris}, {person: dana}, {person: eve}, {person: robot}]
    dpo: [{person: dana}]
    platform: [{person: chris}]
    cost-team: [{person: dana}]
`,
	"blueprints/page/1/blueprint.yaml": `apiVersion: levee.dev/v1
kind: Blueprint
metadata: {name: page}
spec: {title: Page, owner: ops, ceiling: restricted, types: [static, container]}
`,
	"apps/ops/board/app.yaml": Board,
}

// The app board.
const (
	BoardPath = "apps/ops/board/app.yaml"
	Board     = `apiVersion: levee.dev/v1
kind: App
metadata: {name: board, labels: {costCenter: ops-1}}
spec:
  title: Board
  version: 1.0.0
  owner: {person: ana, team: ops, fallback: ben}
  blueprint: page@1
  classification: internal
  runtime: {type: static}
  access: {groups: [everyone]}
  budget: {monthly: 5}
  lifecycle: {stage: prototype, created: 2026-01-10, ttl: 30d}
`
)

// With is the Base catalog with some files replaced; an empty one is taken away.
func With(t testing.TB, edits map[string]string) *catalog.Snapshot {
	t.Helper()
	files := maps.Clone(Base)
	maps.Copy(files, edits)
	dir := t.TempDir()
	for p, content := range files {
		if content == "" {
			continue
		}
		to := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	disk, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := catalog.Load(t.Context(), disk, "", catalog.Empty())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Edit replaces one piece of the board's file.
func Edit(old, new string) map[string]string {
	if !strings.Contains(Board, old) {
		panic("the board has no " + old)
	}
	return map[string]string{BoardPath: strings.Replace(Board, old, new, 1)}
}

// NewEngine makes an engine.
func NewEngine(t testing.TB) *policies.Engine {
	t.Helper()
	e, err := policies.NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// RulesOf are the rules of a catalog in which nothing is wrong with them.
func RulesOf(t testing.TB, e *policies.Engine, s *catalog.Snapshot) *policies.RuleSet {
	t.Helper()
	rules, problems, err := e.Rules(t.Context(), s)
	if err != nil || len(problems) > 0 {
		t.Fatalf("rules: %v, %+v", err, problems)
	}
	return rules
}

// Decide decides a question, by default about the board, Now.
func Decide(t testing.TB, e *policies.Engine, q policies.Question) policies.Decision {
	t.Helper()
	if q.Now.IsZero() {
		q.Now = Now
	}
	if q.Path == "" {
		q.Path = BoardPath
	}
	rules := RulesOf(t, e, q.Governing)
	return rules.Decide(t.Context(), policies.NewBrief(q, rules))
}
