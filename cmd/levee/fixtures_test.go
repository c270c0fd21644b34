package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// neverRule is a rule of an organisation's own, without the words of its problem.
const neverRule = `# METADATA
# title: Never
# custom: {id: own.never, remedy: Do not.}
package own.never

problem contains {"field": "spec.title", "message": %s} if input.app
`

// TestExampleChanges: levee test plays the example change of a new catalog, and says of others how
// what would be decided differs from what they expect, or why they are none.
func TestExampleChanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, code := quietly(t, "init", dir); code != exit.CodeFine {
		t.Fatal(code, out)
	}
	file := filepath.Join(dir, "tests", "scope-beyond-the-list.txtar")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	header, change, _ := strings.Cut(string(raw), "-- change/")
	change = "-- change/" + change
	_, spec, _ := strings.Cut(header, "-- case.yaml --\n")
	app := change[strings.Index(change, "apiVersion"):]
	with := func(edits ...string) string { return strings.NewReplacer(edits...).Replace(string(raw)) }
	newOn := func(day string) string { // an app that was first asked for on 2031-01-01
		created := regexp.MustCompile(`created: [-0-9]+`).ReplaceAllString(string(raw), "created: 2031-01-01")
		return strings.Replace(strings.ReplaceAll(created, "badge-printer", "second"), "author: ana", "author: ana\ntoday: "+day, 1)
	}
	for name, c := range map[string]struct {
		text string
		want string // empty where all holds
	}{
		"as it is":                {string(raw), ""},
		"nobody approves":         {with("approvals: [{by: chris}]", "approvals: []"), "approvals are missing of dpo, security and not of dpo"},
		"both approve":            {with("{by: chris}", "{by: chris}, {by: dana}", "needs-approval", "allow", "missing: [dpo]", "missing: []"), ""},
		"for another app":         {with("{by: chris}", "{by: chris, app: other}"), "approvals are missing of dpo, security and not of dpo"},
		"the author approves":     {with("author: ana", "author: chris"), "badge-printer: "},
		"another verdict":         {with("needs-approval", "deny"), "badge-printer: the verdict is needs-approval and not deny"},
		"another risk":            {with("    problems: []", "    risk: low"), "the risk is high and not low (the app asks for the permission"},
		"a denial":                {with("  budget:", "  egress: [nobody.example.org]\n  budget:"), "the verdict is deny and not needs-approval (egress.vendor-approved: "},
		"expected denial":         {with("  budget:", "  egress: [nobody.example.org]\n  budget:", "needs-approval", "deny", "problems: []", "problems: [egress.vendor-approved, questions.answered]", "    missing: [dpo]\n", ""), ""},
		"other denial":            {with("  budget:", "  egress: [nobody.example.org]\n  budget:", "needs-approval", "deny", "problems: []", "problems: [budget.declared]"), "it is denied by egress.vendor-approved, questions.answered and not by budget.declared"},
		"another catalog":         {string(raw) + "-- catalog/catalog.yaml --\n" + strings.Replace(pages(t, dir)["catalog.yaml"], "scopes: [", "scopes: [write-tickets, ", 1), "badge-printer: "},
		"rules of its own":        {string(raw) + "-- catalog/policies/never.rego --\n" + fmt.Sprintf(neverRule, `"no"`), "own.never: no"},
		"rules that never end":    {string(raw) + "-- catalog/policies/never.rego --\n" + fmt.Sprintf(neverRule, `sprintf("%d", [count([1 | some i in numbers.range(1, 30000); some j in numbers.range(1, 30000); i == j])])`), "badge-printer: "},
		"a catalog that is none":  {string(raw) + "-- catalog/catalog.yaml --\nkind: Catalog\n", "cannot judge anything"},
		"before its day":          {newOn("2030-12-31"), "lifecycle.dates: "},
		"on its day":              {newOn("2031-01-01"), ""},
		"an app beside it":        {string(raw) + "-- change/apps/operations/second/app.yaml --\n" + strings.ReplaceAll(app, "badge-printer", "second"), "The change touches second, and nothing is expected of it"},
		"an app that is not":      {with("app: badge-printer", "app: badge-printr"), "There is no app badge-printr"},
		"a file that goes":        {header + "-- catalog/apps/operations/badge-printer/notes.md --\nold\n" + strings.Replace(change, "-- change", "-- catalog", 1), "it changes nothing"},
		"removed":                 {strings.Replace(header, "author: ana", "author: ana\nremoves: [apps/operations/badge-printer/app.yaml]", 1), "There is no app badge-printer"},
		"a secret":                {string(raw) + "-- change/apps/operations/badge-printer/notes.md --\nk: AKIA" + "Y34FZKBOKMUTVV7A\n", "the verdict is deny and not needs-approval (secrets.in-repository: "},
		"a change of governance":  {string(raw) + "-- change/roles.yaml --\nkind: Roles\n", "the change touches roles.yaml"},
		"out of the catalog":      {string(raw) + "-- change/../x --\n", "is no place for a file"},
		"a file elsewhere":        {string(raw) + "-- app.yaml --\n", "is no place for a file"},
		"a field that is none":    {with("author:", "writer:"), "case.yaml cannot be read"},
		"a verdict that is none":  {with("needs-approval", "maybe"), `the verdict of badge-printer is "maybe"`},
		"a day that is none":      {with("author: ana", "author: ana\ntoday: soon"), `today is "soon"`},
		"no expectation":          {with(spec, "author: ana\n"), "expects nothing"},
		"nothing that is said":    {change, "has no file case.yaml"},
		"nothing that is changed": {header, "it changes nothing"},
		"an empty file":           {"", "has no file case.yaml"},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		out, code := aloud(t, "test", dir)
		switch {
		case c.want == "" && (code != exit.CodeFine || !strings.Contains(out, "1 example change, 0 problems")):
			t.Errorf("%s: exit code %d\n%s", name, code, out)
		case c.want != "" && (code != exit.CodeNo || !strings.Contains(out, c.want) || !strings.Contains(out, "tests/scope-beyond-the-list.txtar ")):
			t.Errorf("%s: exit code %d, and nothing of %q\n%s", name, code, c.want, out)
		}
		if strings.Contains(out, "TVV7A") {
			t.Errorf("%s tells a secret:\n%s", name, out)
		}
	}
	// The example of a new catalog says nothing of its app, which goes on.
	spread(t, dir, map[string]string{
		"tests/scope-beyond-the-list.txtar":    string(raw),
		"apps/operations/hello-board/app.yaml": strings.Replace(pages(t, dir)["apps/operations/hello-board/app.yaml"], "version: 0.1.0", "version: 0.9.0", 1),
	})
	if out, code := aloud(t, "test", dir); code != exit.CodeFine {
		t.Errorf("after the app went on: exit code %d\n%s", code, out)
	}
}
