package policies_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// TestSecrets: what a scan found stops an app if it is certain; the settings, and waivers of
// the app, say otherwise as for any rule.
func TestSecrets(t *testing.T) {
	e := newEngine(t)
	const waiver = "apiVersion: levee.dev/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: secrets.in-repository, app: board, reason: it is replaced on Friday, expires: 2026-03-20}\n"
	found := policies.SecretFact{Path: "apps/ops/board/README.md", Kind: "AWS access token", Certain: true, Line: 3, Column: 7}
	suspected := policies.SecretFact{Path: "apps/ops/board/README.md", Kind: "password, key or token", Line: 4, Column: 1}
	unread := func(p string) policies.SecretFact { return policies.SecretFact{Path: p, Unread: "It is no text."} }
	for name, c := range map[string]struct {
		facts   []policies.SecretFact
		files   map[string]string
		verdict policies.Verdict
		says    string // of the problems, one by one
	}{
		"nothing":           {nil, nil, policies.Allow, ""},
		"a secret":          {[]policies.SecretFact{found}, nil, policies.Deny, "secrets.in-repository deny The file holds a secret (AWS access token)."},
		"what may be one":   {[]policies.SecretFact{suspected}, nil, policies.Allow, "secrets.suspected warn The file may hold a secret (password, key or token)."},
		"in a title":        {[]policies.SecretFact{{In: "the title of the change", Kind: "JWT", Certain: true}}, nil, policies.Deny, "secrets.in-repository deny The title of the change holds a secret (JWT)."},
		"one file not read": {[]policies.SecretFact{unread("a.png")}, nil, policies.Allow, "secrets.unread warn The file was not scanned for secrets, or not to its end. It is no text."},
		"many not read":     {[]policies.SecretFact{unread("a"), unread("b"), unread("c"), unread("d"), unread("e")}, nil, policies.Allow, "secrets.unread warn 5 files were not scanned for secrets, or not to their end: `a`, `b`, `c`, 2 more."},
		"waived":            {[]policies.SecretFact{found}, map[string]string{"waivers/w.yaml": waiver}, policies.Allow, "secrets.in-repository deny The file holds a secret (AWS access token). waived"},
		"a warning by the settings": {
			[]policies.SecretFact{found}, map[string]string{"catalog.yaml": base["catalog.yaml"] + "  rules: {secrets.in-repository: {enforcement: warn}}\n"},
			policies.Allow, "secrets.in-repository warn The file holds a secret (AWS access token).",
		},
		"off by the settings": {
			[]policies.SecretFact{unread("a.png")}, map[string]string{"catalog.yaml": base["catalog.yaml"] + "  rules: {secrets.unread: {enforcement: \"off\"}}\n"},
			policies.Allow, "",
		},
		"in a file that cannot be read": {
			[]policies.SecretFact{found}, map[string]string{boardPath: board + "oops\n"}, policies.Invalid, "secrets.in-repository deny The file holds a secret (AWS access token).",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := with(t, c.files)
			d := decide(t, e, policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: now, Facts: policies.Facts{Secrets: c.facts}})
			var said []string
			for _, p := range d.Problems {
				if !strings.HasPrefix(p.Rule, "secrets.") {
					continue
				}
				words := p.Rule + " " + string(p.Level) + " " + p.Message
				if p.Waiver != nil {
					words += " waived"
				}
				said = append(said, words)
				if p.Rule == policies.SecretFound && c.facts[0].Path != "" && (p.Path != found.Path || p.Line != 3 || p.Column != 7 || !strings.Contains(p.Remedy, "replaced where it was issued")) {
					t.Errorf("it is told at %s:%d:%d: %s", p.Path, p.Line, p.Column, p.Remedy)
				}
			}
			if d.Verdict != c.verdict || strings.Join(said, "\n") != c.says {
				t.Errorf("verdict %s, want %s; said\n%s\nwant\n%s", d.Verdict, c.verdict, strings.Join(said, "\n"), c.says)
			}
		})
	}
}

// TestSecretRulesAreNamed: a waiver and a setting may name them, as they may any rule.
func TestSecretRulesAreNamed(t *testing.T) {
	e := newEngine(t)
	s := with(t, map[string]string{"catalog.yaml": base["catalog.yaml"] + "  rules: {secrets.suspected: {enforcement: deny}, secrets.nothing: {enforcement: deny}}\n"})
	rules, _, err := e.Rules(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, p := range policies.CheckGovernance(s, rules, now) {
		if strings.Contains(p.Message, "rule") {
			said = append(said, p.Message)
		}
	}
	if len(said) != 1 || !strings.Contains(said[0], "There is no rule `secrets.nothing`") {
		t.Errorf("said %q", said)
	}
}

// TestRedactedBrief: what is taken out of a brief is in nothing that is decided from it.
func TestRedactedBrief(t *testing.T) {
	const value = "s3cr3t-value-0123456789"
	e := newEngine(t)
	s := with(t, map[string]string{
		boardPath: strings.Replace(board, "title: Board", "title: Board "+value+"\n  egress: ["+value+".example.com]", 1),
	})
	rules, _, err := e.Rules(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	brief := policies.NewBrief(policies.Question{
		Governing: s, Proposed: s, Path: boardPath, Now: now, Files: []string{"apps/ops/board/" + value},
		Facts: policies.Facts{Problems: []catalog.Problem{{Rule: "change.behind", Level: catalog.Deny, Message: "see " + value, Controls: []string{}}}},
	}, rules)
	before, err := catalog.Canonical(brief)
	if err != nil || strings.Count(string(before), value) < 4 {
		t.Fatalf("the value is not in the brief: %s, %v", before, err)
	}
	redacted := brief.Redacted(func(text string) string { return strings.ReplaceAll(text, value, "[key]") })
	d := rules.Decide(t.Context(), redacted)
	for name, of := range map[string]any{"brief": redacted, "decision": d} {
		if raw, err := catalog.Canonical(of); err != nil || strings.Contains(string(raw), value) || !strings.Contains(string(raw), "[key]") {
			t.Errorf("the %s: %s, %v", name, raw, err)
		}
	}
	if after, err := catalog.Canonical(brief); err != nil || string(after) != string(before) {
		t.Error("the brief that was redacted is changed itself")
	}
}
