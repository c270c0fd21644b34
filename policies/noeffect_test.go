package policies_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

const ownRule = `# METADATA
# scope: package
# title: Apps say what they are for
# custom: {id: own.described, remedy: Say it.}
package own.described

import data.shared.words

problem contains {"field": "spec.title", "message": words.nothing} if not input.app.spec.description
`

// TestNoEffect checks the problems of things that have no effect. want is the path and words
// of the message and remedy; empty for no problem.
func TestNoEffect(t *testing.T) {
	e := newEngine(t)
	settings := func(lines string) map[string]string {
		return map[string]string{"catalog.yaml": base["catalog.yaml"] + lines}
	}
	roles := func(old, new string) map[string]string {
		return map[string]string{"roles.yaml": strings.Replace(base["roles.yaml"], old, new, 1)}
	}
	file := func(p, content string) map[string]string { return map[string]string{p: content} }
	blueprint := func(more string) map[string]string {
		return file("blueprints/page/1/blueprint.yaml", strings.Replace(base["blueprints/page/1/blueprint.yaml"], "owner: ops", more, 1))
	}
	waiver := func(rule, app, until string) map[string]string {
		return file("waivers/w.yaml", "apiVersion: levee.dev/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: "+rule+", app: "+app+", reason: later, expires: "+until+"}\n")
	}
	dataSet := func(more string) map[string]string {
		return map[string]string{
			"data/people.yaml":      "apiVersion: levee.dev/v1\nkind: DataSet\nmetadata: {name: people}\nspec: {owner: {person: ana, team: ops}, classification: internal, categories: [pii]" + more + "}\n",
			"data/made-people.yaml": "apiVersion: levee.dev/v1\nkind: DataSet\nmetadata: {name: made-people}\nspec: {owner: {person: ana, team: ops}, classification: internal, sandbox: true}\n",
		}
	}
	owned := func(old, new string) map[string]string {
		files := dataSet("")
		files["data/people.yaml"] = strings.Replace(files["data/people.yaml"], old, new, 1)
		return files
	}
	for name, c := range map[string]struct {
		edits map[string]string
		want  []string
	}{
		"nothing wrong":                   {nil, nil},
		"a classification misspelt":       {settings("  regions: {internl: [eu-1]}\n"), []string{"catalog.yaml", "`internl`", "`internal`"}},
		"a classification capitalised":    {settings("  regions: {Restricted: [eu-1]}\n"), []string{"catalog.yaml", "`restricted`"}},
		"no classification at all":        {settings("  regions: {everything: [eu-1]}\n"), []string{"catalog.yaml", "Use one of public, internal"}},
		"all classifications":             {settings("  regions: {public: [a], internal: [a], confidential: [a], restricted: [a]}\n"), nil},
		"governance of a folder":          {settings("  governance: {policies: [security], roles.yaml: [security], default: [platform]}\n"), nil},
		"governance misspelt":             {settings("  governance: {policy: [security]}\n"), []string{"catalog.yaml", "`policy`", "`policies`"}},
		"governance with a slash":         {settings("  governance: {policies/: [security]}\n"), []string{"catalog.yaml", "`policies/`", "Did you mean `policies`"}},
		"governance with a star":          {settings("  governance: {\"vendors/**\": [security]}\n"), []string{"catalog.yaml", "Did you mean `vendors`"}},
		"governance of apps":              {settings("  governance: {apps: [security]}\n"), []string{"catalog.yaml", "`gates`"}},
		"governance by nobody":            {settings("  governance: {policies: []}\n"), []string{"catalog.yaml", "names no role"}},
		"governance of a file":            {settings("  governance: {blueprints/page/1/blueprint.yaml: [security]}\n"), nil},
		"a role misspelt in gates":        {settings("  gates: {high: {approvals: [securty]}}\n"), []string{"catalog.yaml", "`securty`", "`security`"}},
		"approvers misspelt":              {file("catalog.yaml", strings.Replace(base["catalog.yaml"], "{elevated: [security]}", "{elevated: [security or securty]}", 1)), []string{"catalog.yaml", "`securty`", "`security`"}},
		"approvers by category misspelt":  {file("catalog.yaml", strings.Replace(base["catalog.yaml"], "{elevated: [security]}", "{categories: {pii: [dpoo]}}", 1)), []string{"catalog.yaml", "`dpoo`", "`dpo`"}},
		"a rule for a team misspelt":      {settings("  rules: {runtime.limits: {where: [{teams: [opps], enforcement: warn}]}}\n"), []string{"catalog.yaml", "`opps`", "`ops`"}},
		"a rule for a blueprint misspelt": {settings("  rules: {runtime.limits: {where: [{blueprints: [pages], enforcement: warn}]}}\n"), []string{"catalog.yaml", "`pages`", "`page`"}},
		"a rule for no app":               {settings("  rules: {runtime.limits: {where: [{enforcement: warn}]}}\n"), []string{"catalog.yaml", "holds for no app", "beside `where`"}},
		"a rule misspelt":                 {settings("  rules: {runtime.limit: {enforcement: warn}}\n"), []string{"catalog.yaml", "`runtime.limit`", "`runtime.limits`"}},
		"a rule of the program":           {settings("  rules: {schema.required: {enforcement: warn}}\n"), []string{"catalog.yaml", "`schema.required`", "Remove"}},
		"a registry with a scheme":        {file("catalog.yaml", strings.Replace(base["catalog.yaml"], "[registry.example.com]", "[\"https://registry.example.com\"]", 1)), []string{"catalog.yaml", "https://registry.example.com", "host name"}},
		"a role of another name":          {roles("product-owner:", "product-owners:"), []string{"roles.yaml", "`product-owners`", "`product-owner`"}},
		"a buddy misspelt":                {roles("ben: {name: Ben}", "ben: {name: Ben, buddy: crhis}"), []string{"roles.yaml", "`crhis`", "`chris`"}},
		"a buddy who left":                {roles("ben: {name: Ben}", "ben: {name: Ben, buddy: eve}"), []string{"roles.yaml", "`eve`", "works here"}},
		"a buddy":                         {roles("ben: {name: Ben}", "ben: {name: Ben, buddy: chris, since: 2026-03-01, mfa: true}"), nil},
		"a member misspelt":               {roles("[ana, ben]", "[ana, benn]"), []string{"roles.yaml", "`benn`", "`ben`"}},
		"a blueprint of no team":          {blueprint("owner: opps"), []string{"blueprints/page/1/blueprint.yaml", "`opps`", "`ops`"}},
		"a blueprint of a role":           {blueprint("owner: platform"), nil},
		"a blueprint's vendor is absent":  {blueprint("owner: ops, vendors: [acme-maps]"), []string{"blueprints/page/1/blueprint.yaml", "`acme-maps`", "vendors/acme-maps.yaml"}},
		"a waiver that holds":             {waiver("runtime.limits", "board", "2026-03-10"), nil},
		"a waiver that is over":           {waiver("runtime.limits", "board", "2026-03-09"), []string{"waivers/w.yaml", "ended on `2026-03-09`", "`2026-03-10`"}},
		"a waiver as long as allowed":     {waiver("runtime.limits", "board", "2027-03-10"), nil},
		"a waiver for ever":               {waiver("runtime.limits", "board", "9999-12-31"), []string{"waivers/w.yaml", "365 days", "`2027-03-10`"}},
		"a waiver for another app":        {waiver("runtime.limits", "bord", "2026-03-11"), []string{"waivers/w.yaml", "`bord`", "`board`"}},
		"a waiver of no rule":             {waiver("runtime.limtis", "board", "2026-03-11"), []string{"waivers/w.yaml", "`runtime.limtis`", "`runtime.limits`"}},
		"a rule of another program":       {file("policies/titles.rego", "package main\n\ndeny contains msg if {\n\tinput.app.spec.title\n\tmsg := \"no\"\n}\n"), []string{"policies/titles.rego", "nothing reads `deny`", "custom.id"}},
		"a file of nothing":               {file("policies/a.rego", "package a\n"), []string{"policies/a.rego", "Nothing can come from this file"}},
		"a file that nobody uses":         {file("policies/a.rego", "package a\n\nx := 1\n"), []string{"policies/a.rego", "no other file uses it"}},
		"a rule and what it shares": {map[string]string{
			"policies/own.rego": ownRule, "policies/words.rego": "package shared.words\n\nnothing := \"It says nothing.\"\n",
		}, nil},
		"a rule that asks its own deny":  {file("policies/a.rego", strings.Replace(ownRule, "import data.shared.words\n\nproblem contains {\"field\": \"spec.title\", \"message\": words.nothing} if not input.app.spec.description", "deny contains \"x\" if not input.app.spec.description\n\nproblem contains {\"field\": \"spec.title\", \"message\": m} if some m in deny", 1)), nil},
		"a rule with an answer too many": {file("policies/a.rego", strings.Replace(ownRule, "import data.shared.words\n\nproblem contains {\"field\": \"spec.title\", \"message\": words.nothing}", "warn contains \"x\" if input.app.spec.title\n\nproblem contains {\"field\": \"spec.title\", \"message\": \"x\"}", 1)), []string{"policies/a.rego", "nothing reads `warn`", "problem"}},
		"a rule called a test":           {file("policies/a_test.rego", strings.Replace(strings.Replace(ownRule, "import data.shared.words\n\n", "", 1), "words.nothing", `"x"`, 1)), []string{"policies/a_test.rego", "not in force", "without `_test`"}},
		"a test of nothing":              {file("policies/a_test.rego", "package a_test\n\nx := 1\n"), []string{"policies/a_test.rego", "no test", "`test_`"}},
		"rules in a folder beside":       {file("policy/titles.rego", "package main\n"), []string{"policy/titles.rego", "not in force", "`policies/titles.rego`"}},
		"rules at the root":              {file("titles.rego", "package main\n"), []string{"titles.rego", "not in force", "`policies/titles.rego`"}},
		"rules in a folder of rules":     {file("Rego/titles.rego", "package main\n"), []string{"Rego/titles.rego", "not in force", "`policies/titles.rego`"}},
		"a vendor in a folder beside":    {file("vendor/acme.yaml", "kind: Vendor\n"), []string{"vendor/acme.yaml", "Nothing is read", "`vendors/acme.yaml`"}},
		"a data set":                     {dataSet(", standIn: made-people, approvedScopes: [{access: read, teams: [hr]}], safeguards: [{category: pii, masking: full}]"), nil},
		"governance of data sets":        {settings("  governance: {data: [dpo]}\n"), nil},
		"a data set's owner misspelt":    {owned("person: ana", "person: anna"), []string{"data/people.yaml", "`anna`", "`ana`"}},
		"a data set's fallback misspelt": {owned("team: ops", "team: ops, fallback: benn"), []string{"data/people.yaml", "`benn`", "`ben`"}},
		"a data set of no team":          {owned("team: ops", "team: opps"), []string{"data/people.yaml", "no team `opps`", "`ops`"}},
		"a scope for no team":            {dataSet(", approvedScopes: [{access: read, teams: [hrr]}]"), []string{"data/people.yaml", "no team `hrr`", "`hr`"}},
		"a stand-in misspelt":            {dataSet(", standIn: made-peple"), []string{"data/people.yaml", "`made-peple`", "`made-people`"}},
		"a stand-in that is no sandbox":  {dataSet(", standIn: people"), []string{"data/people.yaml", "is no sandbox", "`data/people.yaml`"}},
		"a stand-in of no file":          {dataSet(", standIn: rooms"), []string{"data/people.yaml", "there is no data set of that name", "`data/rooms.yaml`"}},
		"a safeguard for nothing":        {dataSet(", safeguards: [{category: health, masking: full}]"), []string{"data/people.yaml", "`health`", "remove the entry"}},
		"data sets in a folder beside":   {file("datasets/a.yaml", "kind: DataSet\n"), []string{"datasets/a.yaml", "Nothing is read", "`data/a.yaml`"}},
		"roles beside the roles":         {file("Roles.yml", "kind: Roles\n"), []string{"Roles.yml", "nothing reads it", "`roles.yaml`"}},
		"other files at the root":        {map[string]string{"README.md": "x", "docs/a.yaml": "x", "Makefile": "x", "scripts/x.sh": "x"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := with(t, c.edits)
			rules, problems, err := e.Rules(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			problems = append(problems, policies.CheckGovernance(s, rules, now)...)
			for d := range s.Documents("") {
				problems = append(problems, d.Problems...)
			}
			if len(c.want) == 0 {
				if len(problems) > 0 {
					t.Errorf("unexpected: %+v", problems)
				}
				return
			}
			for _, p := range problems {
				text := p.Message + " " + p.Remedy
				found := p.Path == c.want[0]
				for _, words := range c.want[1:] {
					found = found && strings.Contains(text, words)
				}
				if found && len(problems) <= 2 { // a role that nobody holds is reported at two places
					return
				}
			}
			t.Errorf("want one problem with %q, got %+v", c.want, problems)
		})
	}
}

// TestNoEffectInChange: what has no effect is a warning, and denied in a change that writes it.
func TestNoEffectInChange(t *testing.T) {
	e := newEngine(t)
	typo := map[string]string{"catalog.yaml": base["catalog.yaml"] + "  regions: {internl: [eu-1]}\n"}
	brief := func(before, after *catalog.Snapshot) policies.Brief {
		t.Helper()
		governing, _, err := e.Rules(t.Context(), before)
		if err != nil {
			t.Fatal(err)
		}
		proposed, compile, err := e.Rules(t.Context(), after)
		if err != nil {
			t.Fatal(err)
		}
		b, err := e.NewGovernanceBrief(policies.GovernanceQuestion{Governing: before, Proposed: after, Now: now}, governing, proposed, compile)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if b := brief(with(t, nil), with(t, typo)); len(b.Invalid) != 1 || b.Invalid[0].Level != catalog.Deny {
		t.Errorf("a change that writes it: %+v", b.Invalid)
	}
	other := map[string]string{"catalog.yaml": typo["catalog.yaml"], "roles.yaml": strings.Replace(base["roles.yaml"], "{name: Ben}", "{name: Benjamin}", 1)}
	if b := brief(with(t, typo), with(t, other)); len(b.Invalid) != 0 {
		t.Errorf("a change of another file: %+v", b.Invalid)
	}
}
