package catalog

import (
	"testing"
)

const exampleApp = `apiVersion: levee.dev/v1
kind: App
metadata: {name: expense-submit, labels: {costCenter: fin-204}}
spec:
  title: Expense quick submit
  version: 1.4.0
  owner: {person: jdoe, team: finance, fallback: finance-lead}
  blueprint: form@2
  classification: internal
  runtime: {type: container, image: "registry.example.com/fin/expense@sha256:0000000000000000000000000000000000000000000000000000000000000000", language: "nodejs:22",
            cpu: 250m, memory: 256Mi, timeout: 60m, concurrency: 10, regions: [eu-sovereign-1]}
  access: {sso: oidc, groups: [finance-all], scopes: [readonly-database]}
  egress: [maps.example.com]
  integrations: [{vendor: acme-maps, scopes: [geocode], purpose: show offices}]
  data: [{dataset: expenses, access: write, purpose: submit expenses, categories: [pii, financial], retention: 30d, masking: none}]
  secrets: [{name: PAYMENT_API_KEY, store: vault, path: kv/fin/payment, ttl: 1h, rotation: 30d}]
  models: [{name: approved-llm, purpose: summarise, rateLimit: 60/min, validator: allow-list}]
  slo: {availability: 99.5, p95: 500ms}
  budget: {monthly: 50, currency: USD}
  quality: {tests: true, coverage: 0.6}
  compliance: [soc2, gdpr]
  runbook: {contact: "#fin-oncall", killSwitch: quarantine, flag: expense-enabled, rollback: last-admitted, containment: "Turn the connector off."}
  dependsOn: [rates-feed]
  lifecycle: {stage: production, created: 2026-01-10, ttl: 90d, renewed: 2026-04-02}
`

func TestParseExample(t *testing.T) {
	d := Parse("apps/finance/expense-submit/app.yaml", "", []byte(exampleApp))
	for _, p := range d.Problems {
		t.Errorf("%d:%d %s %s: %s — %s", p.Line, p.Column, p.Rule, p.Field, p.Message, p.Remedy)
	}
	t.Log(d.Digest())
	line, col := d.Locate("spec.egress[0]")
	t.Log(line, col)
	b, _ := Canonical(d.App().Material())
	t.Log(string(b))
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		Parse("apps/finance/expense-submit/app.yaml", "", []byte(exampleApp))
	}
}
