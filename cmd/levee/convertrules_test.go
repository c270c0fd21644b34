package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

const oldGate = `# Who may call outside.
package microapp.gate

deny[msg] {
  input.manifest.runtime.egress[_] == "internet:evil.example.com"
  msg = "No app calls evil.example.com"
}
`

// TestConvertRules: what the command writes of a rule in older Rego, and where it says what.
func TestConvertRules(t *testing.T) {
	t.Parallel()
	c := newConverting(t, map[string]string{"gate.rego": oldGate, "half.rego": oldGate + "\ndeny[msg] {\n  input.manifest.colour == \"red\"\n  msg = \"red\"\n}\n"})
	out, errs := c.run(exit.CodeFine, "@/gate.rego")
	c.wantSaid(out, "# policies/microapp_gate.rego\n\n# METADATA\n", "#   id: microapp.gate\n", "# Who may call outside.\n", "input.app.spec.egress[_] == \"evil.example.com\"\n")
	c.wantSaid(errs, "gate.rego: rules in Rego, becomes policies/microapp_gate.rego\n", "  5     input.manifest.runtime.egress[] is input.app.spec.egress[] of policies/microapp_gate.rego: It is a host name")
	if strings.Contains(out, "---") {
		t.Errorf("what was written is no Rego:\n%s", out)
	}
	_, errs = c.run(exit.CodeNo, "@/half.rego")
	c.wantSaid(errs, "  10    input.manifest.colour\n        Rules get nothing like it", "1 left")
	out, _ = c.run(exit.CodeNo, "@/half.rego", "--dry-run")
	c.wantSaid(out, "rules", "policies/microapp_gate.rego")
}

// TestConvertedRulesAreInForce: rules that were taken in pass levee test in the catalog that they
// were written into, and are asked there.
func TestConvertedRulesAreInForce(t *testing.T) {
	t.Parallel()
	c := newConverting(t, map[string]string{"gate.rego": oldGate})
	catalog := filepath.Join(c.dir, "catalog")
	if out, code := quietly(t, "init", catalog); code != exit.CodeFine {
		t.Fatal(out)
	}
	c.write("catalog/policies/old.rego", oldGate)
	out, code := quietly(t, "check", catalog)
	c.wantSaid(out, "policies/old.rego: invalid", "written as Rego was before its version 1", "`levee convert policies/old.rego --to .`")
	if code != exit.CodeNo {
		t.Errorf("a rule that is not in force passes: %s", out)
	}
	_, errs := c.run(exit.CodeFine, "@/catalog/policies/old.rego", "--to", "@/catalog")
	c.wantSaid(errs, "wrote  policies/microapp_gate.rego\n")
	c.write("catalog/policies/old.rego", "package old\n\nimport rego.v1\n\ndeny contains msg if {\n\tinput.name == \"x\"\n\tmsg := \"no\"\n}\n")
	out, _ = quietly(t, "check", catalog)
	c.wantSaid(out, "undefined ref: input.name", "`levee convert policies/old.rego --to .`")
	c.write("catalog/policies/old.rego", "package old\n\ndeny contains \"no\" if input.app.spec.title == \"x\"\n")
	out, _ = quietly(t, "check", catalog)
	c.wantSaid(out, "nothing reads `deny`", "`levee convert policies/old.rego --to .`")
	c.write("catalog/policies/old.rego", "package old\n\nshared := 1\n")
	app := c.read("catalog/apps/operations/hello-board/app.yaml")
	c.write("catalog/apps/operations/hello-board/app.yaml", strings.Replace(app, "\n  lifecycle:", "\n  egress: [evil.example.com]\n  lifecycle:", 1))
	out, _ = quietly(t, "check", catalog)
	c.wantSaid(out, "No app calls evil.example.com", "rule microapp.gate")
}

// TestConvertRefuses: a rule that would not be in force is not written, and why is said.
func TestConvertRefuses(t *testing.T) {
	t.Parallel()
	c := newConverting(t, map[string]string{
		"rules/network.rego": "package net.rules\n\ndeny[msg] {\n  http.send({\"url\": input.name, \"method\": \"get\"}).status_code == 200\n  msg := \"it answers\"\n}\n",
		"rules/loop.rego":    "package loops.rules\n\nimport data.shared.words\n\ndeny[msg] { f(input.name); msg := words.no }\n\nf(x) { g(x) }\n\ng(x) { f(x) }\n",
		"rules/words.rego":   "package shared.words\n\nno = \"no\"\n",
		"rules/gate.rego":    oldGate,
	})
	out, errs := c.run(exit.CodeNo, "@/rules", "--to", "@/catalog")
	c.wantSaid(errs, "undefined function http.send", "Rewritten, the line is `http.send(", "recursive", "The rule is not written: change the old one", "wrote  policies/microapp_gate.rego\n")
	for _, never := range []string{"catalog/policies/net_rules.rego", "catalog/policies/loops_rules.rego", "catalog/policies/shared_words.rego"} {
		if c.read(never) != "" {
			t.Errorf("%s was written", never)
		}
	}
	if c.read("catalog/policies/microapp_gate.rego") == "" || strings.Contains(out, "http.send") {
		t.Errorf("the rule that holds was not written, or others were:\n%s", out)
	}
}
