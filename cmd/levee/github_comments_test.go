package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the expected comments again")

const (
	expense = "apps/finance/expense-submit/app.yaml"
	trip    = "apps/finance/trip-planner/app.yaml"
	rates   = "apps/finance/rate-table/app.yaml"
)

// An edit is one pull request: what it replaces in a file, or the whole file where
// there was none.
type edit struct {
	name, file string
	replace    []string // pairs of old and new text
	whole      string
	then       []string // replaced in a second push, once it was reviewed
	approve    []string // those who approve before that
}

const firstApp = `apiVersion: levee.dev/v1
kind: App
metadata:
  name: office-map
  labels: {costCenter: fin-204}
spec:
  title: Office map
  version: 0.1.0
  owner: {person: ana, team: finance, fallback: ben}
  blueprint: form@2
  classification: internal
  runtime: {type: static}
  access: {groups: [finance-all]}
  budget: {monthly: 5}
  lifecycle: {stage: prototype, created: 2026-03-09}
`

const ownRule = `# METADATA
# scope: package
# title: Boards stay cheap
# custom: {id: finance.cheap, remedy: Lower the budget to 30., grace: 5d}
package cheap

problem contains {"field": "spec.budget.monthly", "message": message} if {
	input.app.spec.budget.monthly > 30
	message := sprintf("This app may cost ` + "`%v`" + ` a month, more than the ` + "`30`" + ` that finance agreed on.", [input.app.spec.budget.monthly])
}
`

const cheapTest = `package cheap_test

import data.cheap

test_cheap if count(cheap.problem) == 1 with input as {"app": {"spec": {"budget": {"monthly": 31}}}}
`

const (
	nextVersion = "version: 1.4.0"
	raised      = "version: 1.5.0"
	customers   = "  budget: {monthly: 50}\n"
	withPII     = "  data:\n    - {dataset: travellers, access: read, purpose: fill in names, categories: [pii], retention: 30d}\n  budget: {monthly: 50}\n"
)

// edits are what creators do, and what goes wrong with it.
var edits = []edit{
	{name: "a-secret-in-a-note", file: "apps/finance/expense-submit/README.md", whole: "# Expenses\n\nLog in with " + awsKey + "\n"},
	{name: "first-publication", file: "apps/finance/office-map/app.yaml", whole: firstApp},
	{name: "too-much-memory", file: expense, replace: []string{nextVersion, raised, "memory: 256Mi", "memory: 2Gi"}},
	{name: "unknown-address", file: expense, replace: []string{nextVersion, raised, customers, "  egress: [tiles.example.net]\n" + customers}},
	{name: "wider-permission", file: expense, replace: []string{nextVersion, raised, "[readonly-database]", "[readonly-database, write-ledger]"}},
	{name: "sensitive-data", file: expense, replace: []string{nextVersion, raised, customers, withPII}},
	{name: "questions", file: expense, replace: []string{nextVersion, raised, "classification: internal", "classification: public", customers, "  answers:\n    - {question: notice, answer: On the page *before* the form, date: 2026-03-01, link: \"https://intranet.example.com/notice\"}\n" + customers}},
	{name: "classification-raised", file: expense, replace: []string{nextVersion, raised, "classification: internal", "classification: confidential"}},
	{name: "new-vendor", file: expense, replace: []string{nextVersion, raised, customers, "  integrations: [{vendor: acme-maps, scopes: [geocode], purpose: show offices}]\n" + customers}},
	{name: "secret-store", file: expense, replace: []string{nextVersion, raised, customers, "  secrets: [{name: PAYMENT_KEY, store: spreadsheet, path: shared/keys}]\n" + customers}},
	{name: "budget", file: expense, replace: []string{nextVersion, raised, "monthly: 50", "monthly: 150"}},
	{name: "stage", file: trip, replace: []string{"version: 0.3.0", "version: 1.0.0", "stage: prototype", "stage: production"}},
	{name: "renewal", file: expense, replace: []string{"ttl: 90d", "ttl: 90d\n    renewed: 2026-03-10"}},
	{name: "retirement", file: expense, replace: []string{nextVersion, raised, "stage: production", "stage: retired"}},
	{name: "owner", file: expense, replace: []string{nextVersion, raised, "person: ana", "person: eve"}},
	{name: "typo", file: expense, replace: []string{"bookkeping", "bookkeeping"}},
	{name: "unreadable", file: expense, replace: []string{"  version: 1.4.0", "   version: 1.5.0"}},
	{name: "behind", file: rates, replace: []string{"version: 2.0.0", "version: 2.1.0", "monthly: 20", "monthly: 25"}},
	{name: "one-of-two-approvals", file: expense, replace: []string{nextVersion, raised, "[readonly-database]", "[readonly-database, external-network]"}, approve: []string{"chris"}},
	{
		name: "approval-void", file: expense, replace: []string{nextVersion, raised, customers, withPII}, approve: []string{"ben", "dana"},
		then: []string{"retention: 30d", "retention: 300d"},
	},
	{name: "governance", file: "policies/cheap.rego", whole: ownRule},
	{name: "could-not-tell", file: trip, replace: []string{"version: 0.3.0", "version: 0.4.0", "costCenter: fin-204", "costCenter: fin-204, season: summer"}},
}

// TestComments opens a pull request for each edit and compares the comment on it with
// the golden one. Read them aloud: once as a creator who is no developer, once as a
// reviewer who has a minute.
func TestComments(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile("testdata/comments/catalog.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	w := onHub(emptyWorld(t).found(files), asApp, "mergeWhenApproved: false\n")
	w.pass()
	w.wantRuns("staging", "expense-submit=1.4.0", "trip-planner=0.3.0", "rate-table=2.0.0")
	w.wantRuns("production", "expense-submit=1.4.0")

	numbers, now := map[string]int{}, map[string]string{}
	replaced := func(e edit, src string, pairs []string) string {
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(src, pairs[i]) {
				t.Fatalf("%s: %s has no %q", e.name, e.file, pairs[i])
			}
			src = strings.Replace(src, pairs[i], pairs[i+1], 1)
		}
		return src
	}
	for _, e := range edits {
		now[e.name] = e.whole
		if e.whole == "" {
			now[e.name] = replaced(e, files[e.file], e.replace)
		}
		write := map[string]string{e.file: now[e.name]}
		if e.name == "governance" {
			write["policies/cheap_test.rego"] = cheapTest
		}
		numbers[e.name] = w.propose("ana", e.name, write)
	}
	w.pass()
	w.clock = w.clock.Add(5 * time.Minute) // the verdicts are read
	for _, e := range edits {
		for _, person := range e.approve {
			w.hub.Review(numbers[e.name], person, "APPROVED", "", "")
		}
	}
	w.pass()
	for _, e := range edits {
		if e.then != nil {
			w.pushTo(numbers[e.name], "ana", e.name, map[string]string{e.file: replaced(e, now[e.name], e.then)})
		}
	}
	w.hub.Direct("chris", "main", w.commit("", "chris", map[string]string{rates: replaced(edit{}, files[rates], []string{"version: 2.0.0", "version: 2.0.1", "monthly: 20", "monthly: 22"})}))
	w.pass()
	for _, e := range edits {
		t.Run(e.name, func(t *testing.T) { compareComment(t, e.name, w.comment(numbers[e.name])) })
	}
	writes := w.hub.Writes()
	w.pass()
	if n := w.hub.Writes() - writes; n != 0 {
		t.Errorf("a pass in which nothing changed wrote %d times", n)
	}
	w.wantAudit()
}

// spans are what others wrote, and names that files have.
var spans = regexp.MustCompile("(`+)[^`].*?[^`]?(`+)")

// folded is what a reader has to open: what it would do, in the tongue of its target.
var folded = regexp.MustCompile(`(?s)<details><summary>(.*?)</summary>.*?</details>`)

// compareComment holds a comment against its golden file, and against what holds for
// all: it fits a screen, and says nothing in the tongue of those who build this.
func compareComment(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "comments", name+".md")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run with -update and read it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the comment differs (-want +got):\n%s", diff)
	}
	if strings.Contains(got, "@") {
		t.Error("it could mention somebody")
	}
	got = folded.ReplaceAllString(got, "$1")
	lines := 0
	for line := range strings.SplitSeq(strings.TrimSpace(got), "\n") {
		lines += max(1, (utf8.RuneCountInString(line)+99)/100)
	}
	if lines > 40 {
		t.Errorf("it fills %d lines of 100 characters", lines)
	}
	said := strings.ToLower(spans.ReplaceAllString(got, ""))
	for _, jargon := range []string{"yaml", "rego", "rule", "digest", "spec.", "schema", "manifest", "verdict", "deny", "null", "boolean", "ttl", "egress", "scope", "dpo", "not un", "@", "http"} {
		if strings.Contains(said, jargon) {
			t.Errorf("it says %q", jargon)
		}
	}
}
