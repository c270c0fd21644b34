package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/check"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// impactCatalog is a catalog with three apps, of which one is denied for what it reaches.
func impactCatalog(t *testing.T) reconcilertest.Files {
	t.Helper()
	keys := map[string]*gitrepotest.Key{}
	for _, p := range people {
		keys[p] = gitrepotest.NewKey(t, p)
	}
	files := reconcilertest.Governance(keys)
	for _, one := range []reconcilertest.Files{
		reconcilertest.BoardFile("alpha"), reconcilertest.BoardFile("beta", "title: Board", "title: Other board"),
		reconcilertest.BoardFile("caller", "  budget:", "  egress: [maps.example.org]\n  budget:"),
	} {
		maps.Copy(files, one)
	}
	return files
}

// impactOf is what `levee impact` says of a change; an empty file is taken away.
func impactOf(t *testing.T, base, change reconcilertest.Files) (r check.Impact, table string, code int) {
	t.Helper()
	remote := gitrepotest.NewEmpty(t)
	c := gitrepotest.Change{Message: "change", Write: map[string]string{}, From: remote.Commit("main", gitrepotest.Change{Message: "begin", Write: base})}
	for p, content := range change {
		if content == "" {
			c.Delete = append(c.Delete, p)
			continue
		}
		c.Write[p] = content
	}
	remote.Commit("change", c)
	table, code = quietly(t, "impact", remote.Dir, "--base", "main", "--head", "change")
	raw, again := quietly(t, "impact", remote.Dir, "--base", "main", "--head", "change", "-o", "json")
	if err := json.Unmarshal([]byte(raw), &r); code != exit.CodeError && err != nil || again != code {
		t.Fatalf("exit codes %d and %d: %v\n%s", code, again, err, raw)
	}
	return r, table, code
}

// impactLines are groups and apps, each on one line.
func impactLines(r check.Impact) (lines []string) {
	for _, g := range r.Groups {
		lines = append(lines, fmt.Sprintf("%d %s → %s begins %v ceases %v asks %v asked %v", g.Count, g.From, g.To, g.Begins, g.Ceases, g.Asks, g.Asked))
	}
	for _, f := range r.Apps {
		lines = append(lines, f.App)
	}
	return lines
}

const bannedTitle = `# METADATA
# title: Boards have a title of their own
# custom: {id: own.title, enforcement: LEVEL, remedy: Choose another title.}
package own.title

problem contains {"field": "spec.title", "message": "The title says nothing."} if input.app.spec.title == "Board"
`

// TestImpact: of a change of every kind it is said which apps it flips and why, how many apps were looked
// at, and with the exit code whether it stops one.
func TestImpact(t *testing.T) {
	t.Parallel()
	base := impactCatalog(t)
	vendor := "apiVersion: levee.dev/v1\nkind: Vendor\nmetadata: {name: maps}\nspec: {title: Maps, domains: [maps.example.org], purpose: maps, approver: chris, terms: {dpa: \"https://example.org/dpa\", dpaUntil: 2030-01-01, encryption: true}}\n"
	warned := maps.Clone(base)
	warned["policies/title.rego"] = strings.Replace(bannedTitle, "LEVEL", "warn", 1)
	for _, c := range []struct {
		what   string
		base   reconcilertest.Files
		change reconcilertest.Files
		judged int
		code   int
		want   []string
		says   string
	}{
		{"nothing", base, reconcilertest.Files{"README.md": "Read me.\n"}, 0, exit.CodeFine, nil, "nothing changes"},
		{
			"a rule that denies", base, reconcilertest.Files{"policies/title.rego": strings.Replace(bannedTitle, "LEVEL", "deny", 1)}, 3, exit.CodeNo,
			[]string{"1 allow → deny begins [own.title (deny)] ceases [] asks [] asked []", "1 deny → deny begins [own.title (deny)] ceases [] asks [] asked []", "alpha", "caller"},
			"  1 allow → deny by own.title (deny)\n",
		},
		{
			"a rule that warns no longer", warned, reconcilertest.Files{"policies/title.rego": ""}, 3, exit.CodeFine,
			[]string{"1 allow → allow begins [] ceases [own.title (warn)] asks [] asked []", "1 deny → deny begins [] ceases [own.title (warn)] asks [] asked []", "alpha", "caller"},
			"no verdict changes; of 2 apps something else does",
		},
		{
			"a vendor", base, reconcilertest.Files{"vendors/maps.yaml": vendor}, 1, exit.CodeFine,
			[]string{"1 deny → needs-approval begins [] ceases [egress.vendor-approved (deny)] asks [product-owner security] asked []", "caller"}, "caller: product-owner has to approve",
		},
		{
			"a gate", base, reconcilertest.Files{"catalog.yaml": strings.Replace(settingsFile, "  timeZone: UTC\n", "  timeZone: UTC\n  gates: {low: {approvals: [security], publish: staged}}\n", 1)}, 3, exit.CodeFine,
			[]string{"2 allow → needs-approval begins [] ceases [] asks [security] asked []", "1 deny → deny begins [] ceases [] asks [security] asked []", "alpha", "beta", "caller"},
			"2 of 3 apps: the verdict changes; of 1 more something else does",
		},
		{
			"an app that cannot be read", base, reconcilertest.Files{boardPath("beta"): strings.Replace(boardFile("beta"), "title:", "tittle:", 1)}, 1, exit.CodeNo,
			[]string{"1 allow → invalid begins [schema.unknown-field (deny)] ceases [] asks [] asked []", "beta"}, "beta",
		},
		{"an app that goes", base, reconcilertest.Files{boardPath("beta"): ""}, 1, exit.CodeFine, []string{"1 allow → absent begins [] ceases [] asks [] asked []", "beta"}, "allow → not there"},
		{"a new app", base, reconcilertest.BoardFile("new"), 1, exit.CodeFine, []string{"1 absent → allow begins [] ceases [] asks [] asked []", "new"}, "not there → allow"},
		{"an app that moves", base, reconcilertest.Files{boardPath("beta"): "", "apps/beta/app.yaml": base[boardPath("beta")]}, 1, exit.CodeFine, nil, "nothing changes"},
		{"rules that do not compile", base, reconcilertest.Files{"policies/title.rego": "package own.title\n\nproblem contains x if\n"}, 3, exit.CodeNo, nil, "policies/title.rego"},
		{"settings that cannot be read", base, reconcilertest.Files{"catalog.yaml": "kind: Catalog\n"}, 3, exit.CodeError, []string{"2 allow → error begins [] ceases [] asks [] asked []", "1 deny → error begins [] ceases [egress.vendor-approved (deny)] asks [] asked []", "alpha", "beta", "caller"}, "catalog.yaml"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			r, table, code := impactOf(t, c.base, c.change)
			if got := impactLines(r); code != c.code || r.Judged != c.judged || !slices.Equal(got, c.want) {
				t.Errorf("exit code %d, want %d; %d judged, want %d\n got %s\nwant %s\n%s", code, c.code, r.Judged, c.judged, strings.Join(got, "\n     "), strings.Join(c.want, "\n     "), table)
			}
			if !strings.Contains(table, c.says) {
				t.Errorf("it does not say %q:\n%s", c.says, table)
			}
		})
	}
}

// TestImpactOfFilesAsTheyLie: without --head the files of the folder are compared, committed or not;
// what to compare with has to be said.
func TestImpactOfFilesAsTheyLie(t *testing.T) {
	t.Parallel()
	dir := chosenCatalog(t)
	if out, code := aloud(t, "impact", dir, "--base", "HEAD"); code != exit.CodeNo || !strings.Contains(out, "1 not there → deny by dependencies.known (deny), egress.vendor-approved (deny)") || !strings.Contains(out, "to the files as they lie: ") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	for _, args := range [][]string{{"impact", dir}, {"impact", dir, "--base", "nowhere"}} {
		if out, code := aloud(t, args...); code != exit.CodeUsage {
			t.Errorf("%q: exit code %d\n%s", args, code, out)
		}
	}
}

// TestImpactTellsNoSecret: what looks like a secret in a changed file is in nothing that is said.
func TestImpactTellsNoSecret(t *testing.T) {
	t.Parallel()
	const planted = "AKIAQWERTYUIOPASDFGH"
	base := impactCatalog(t)
	r, table, _ := impactOf(t, base, reconcilertest.Files{
		boardPath("alpha"):  boardFile("alpha", "classification: internal", "classification: "+planted),
		"vendors/maps.yaml": "apiVersion: levee.dev/v1\nkind: Vendor\nmetadata: {name: maps}\nspec: {title: Maps, domains: [maps.example.org], purpose: maps, approver: chris, ceiling: " + planted + "}\n",
	})
	raw, err := json.Marshal(r)
	if err != nil || len(r.Apps) != 1 || len(r.Problems) != 1 {
		t.Fatal(err, table)
	}
	if said := table + string(raw); strings.Contains(said, planted) {
		t.Errorf("it says the secret:\n%s", said)
	}
}

// TestImpactOfHarmfulRules: proposed rules are asked in a process of their own, whose end is a
// problem of the change and leaves the apps without a verdict.
func TestImpactOfHarmfulRules(t *testing.T) {
	t.Parallel()
	rule := strings.Replace(bannedTitle, "LEVEL", "deny", 1)
	head, _, _ := strings.Cut(rule, "problem contains")
	rule = head + doubledLists("s") + doubledLists("z") + "\nproblem contains {\"field\": \"spec.title\", \"message\": \"x\"} if s30 == z30\n"
	r, table, code := impactOf(t, impactCatalog(t), reconcilertest.Files{"policies/wide.rego": rule})
	if code != exit.CodeError || len(r.Problems) != 1 || r.Problems[0].Path != "policies/wide.rego" || r.NewlyUntold() != 3 || !strings.Contains(table, "trying them") {
		t.Errorf("exit code %d, %+v\n%s", code, r, table)
	}
}
