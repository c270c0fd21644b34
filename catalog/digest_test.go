package catalog

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
)

// fullApp uses every field there is.
const fullApp = `apiVersion: levee.dev/v1
kind: App
metadata: {name: expense-submit, labels: {costCenter: fin-204}}
spec:
  title: Expense quick submit
  description: Sends expenses to accounting.
  version: 1.4.0
  owner: {person: jdoe, team: finance, fallback: finance-lead}
  blueprint: form@2
  classification: internal
  runtime:
    type: container
    image: registry.example.com/fin/expense@sha256:3f0c0b0a7c9d1e2f3a4b5c6d7e8f90123456789abcdef0123456789abcdef012
    language: nodejs:22
    schedule: 0 9 * * 1
    cpu: 250m
    memory: 256Mi
    timeout: 60m
    concurrency: 10
    regions: [eu-sovereign-1, eu-west-1]
  access: {sso: oidc, groups: [finance-all], scopes: [readonly-database]}
  egress: [maps.example.com, api.example.org]
  integrations: [{vendor: acme-maps, scopes: [geocode], purpose: show offices}]
  data: [{dataset: expenses, access: write, purpose: submit expenses, categories: [pii, financial], retention: 30d, masking: none}]
  secrets: [{name: PAYMENT_API_KEY, store: vault, path: kv/fin/payment, ttl: 1h, rotation: 30d}]
  models: [{name: approved-llm, purpose: summarise, rateLimit: 60/min, validator: allow-list}]
  slo: {availability: 99.5, p95: 500ms}
  budget: {monthly: 50, currency: USD}
  quality: {tests: true, coverage: 0.6}
  compliance: [soc2, gdpr]
  assessment: {link: "https://docs.example.com/dpia/17", digest: "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", date: 2026-01-05}
  runbook: {contact: "#fin-oncall", killSwitch: quarantine, flag: expense-enabled, rollback: last-admitted, containment: Turn the connector off.}
  dependsOn: [rates-feed]
  lifecycle: {stage: production, created: 2026-01-10, ttl: 90d, renewed: 2026-04-02}
`

func digestOf(t *testing.T, src string) Digest {
	t.Helper()
	d := Parse("apps/finance/expense-submit/app.yaml", "", []byte(src))
	if !d.Valid() {
		t.Fatalf("not valid: %+v", d.Problems)
	}
	return d.Digest()
}

// TestGoldenDigest holds the digest of an app that uses every field. If it
// changes, every approval in flight is void after an upgrade: then the canonical
// version must rise, knowingly.
func TestGoldenDigest(t *testing.T) {
	const golden = "c1:070728f9ff57ad3126c4558536bbd0913745fee5abe1e3ea918703377ce6bdc7"
	if got := digestOf(t, fullApp); got != golden {
		t.Errorf("digest of the full app is %s, was %s", got, golden)
	}
	const small = "c1:b39fcf647cbc381e7e291550297f51fb7b21d938851651bbc66b0b9cde6b8692"
	if got := digestOf(t, smallApp); got != small {
		t.Errorf("digest of the small app is %s, was %s", got, small)
	}
}

const smallApp = `apiVersion: levee.dev/v1
kind: App
metadata: {name: expense-submit}
spec:
  title: Small
  version: 0.1.0
  owner: {person: ana, team: ops}
  blueprint: page@1
  classification: public
  runtime: {type: static}
  lifecycle: {stage: prototype, created: 2026-01-10}
`

// TestDigestKeeps lists edits that mean nothing, and TestDigestChanges those
// that do.
func TestDigestKeeps(t *testing.T) {
	want := digestOf(t, fullApp)
	for name, edit := range map[string][2]string{
		"comment":               {"spec:", "# hello\nspec: # there"},
		"title":                 {"title: Expense quick submit", "title: Something else"},
		"description":           {"description: Sends expenses to accounting.", "description: |\n    Two\n    lines."},
		"no description":        {"  description: Sends expenses to accounting.\n", ""},
		"cpu spelling":          {"cpu: 250m", "cpu: 0.25"},
		"cpu zeros":             {"cpu: 250m", "cpu: 0.250"},
		"memory spelling":       {"memory: 256Mi", "memory: 0.25Gi"},
		"memory bytes":          {"memory: 256Mi", "memory: 268435456"},
		"duration spelling":     {"ttl: 90d", "ttl: 2160h"},
		"timeout spelling":      {"timeout: 60m", "timeout: 1h"},
		"p95 spelling":          {"p95: 500ms", "p95: 0500ms"},
		"default left out":      {"sso: oidc, ", ""},
		"default masking out":   {", masking: none", ""},
		"no tokens":             {"masking: none", "masking: none, tokenised: []"},
		"default ttl out":       {", ttl: 1h, rotation: 30d", ""},
		"default currency out":  {", currency: USD", ""},
		"default killSwitch":    {" killSwitch: quarantine,", ""},
		"order of egress":       {"[maps.example.com, api.example.org]", "[api.example.org, maps.example.com]"},
		"order of regions":      {"[eu-sovereign-1, eu-west-1]", "[eu-west-1, eu-sovereign-1]"},
		"order of categories":   {"[pii, financial]", "[financial, pii]"},
		"quotes":                {"blueprint: form@2", `blueprint: "form@2"`},
		"block instead of flow": {"egress: [maps.example.com, api.example.org]", "egress:\n    - maps.example.com\n    - api.example.org"},
		"number spelling":       {"monthly: 50", "monthly: 50.0"},
		"composed accents":      {"purpose: summarise", "purpose: summarise"},
		"date in quotes":        {"created: 2026-01-10", `created: "2026-01-10"`},
	} {
		edited := strings.Replace(fullApp, edit[0], edit[1], 1)
		if edited == fullApp && edit[0] != edit[1] {
			t.Errorf("%s: %q is not in the app", name, edit[0])
		}
		if got := digestOf(t, edited); got != want {
			t.Errorf("%s changes the digest", name)
		}
	}
}

func TestDigestChanges(t *testing.T) {
	seen := map[Digest]string{digestOf(t, fullApp): "the original"}
	for name, edit := range map[string][2]string{
		"label":          {"costCenter: fin-204", "costCenter: fin-205"},
		"version":        {"version: 1.4.0", "version: 1.4.1"},
		"owner":          {"person: jdoe", "person: other"},
		"fallback":       {", fallback: finance-lead", ""},
		"blueprint":      {"form@2", "form@3"},
		"class":          {"classification: internal", "classification: public"},
		"type":           {"type: container", "type: function"},
		"image":          {"3f0c", "3f0d"},
		"schedule":       {"0 9 * * 1", "0 9 * * 2"},
		"cpu":            {"250m", "251m"},
		"memory":         {"256Mi", "256M"},
		"concurrency":    {"concurrency: 10", "concurrency: 11"},
		"region":         {", eu-west-1]", "]"},
		"sso":            {"sso: oidc", "sso: saml"},
		"group":          {"[finance-all]", "[finance-all, hr]"},
		"scope":          {"[readonly-database]", "[write-database]"},
		"egress":         {"api.example.org", "api2.example.org"},
		"vendor scope":   {"[geocode]", "[geocode, route]"},
		"purpose":        {"show offices", "show homes"},
		"data access":    {"access: write", "access: read"},
		"category":       {"[pii, financial]", "[pii]"},
		"retention":      {"retention: 30d", "retention: 31d"},
		"masking":        {"masking: none", "masking: full"},
		"tokens":         {"masking: none", "masking: none, tokenised: [pii]"},
		"secret path":    {"kv/fin/payment", "kv/fin/other"},
		"secret ttl":     {"ttl: 1h", "ttl: 2h"},
		"model":          {"rateLimit: 60/min", "rateLimit: 61/min"},
		"validator":      {"validator: allow-list", "validator: human"},
		"slo":            {"availability: 99.5", "availability: 99.9"},
		"budget":         {"monthly: 50", "monthly: 51"},
		"tests":          {"tests: true, ", ""},
		"coverage zero":  {"coverage: 0.6", "coverage: 0"},
		"coverage gone":  {", coverage: 0.6", ""},
		"compliance":     {"[soc2, gdpr]", "[soc2]"},
		"assessment":     {"dpia/17", "dpia/18"},
		"runbook":        {"#fin-oncall", "#other"},
		"containment":    {"containment: Turn the connector off.", "containment: Call somebody."},
		"dependency":     {"[rates-feed]", "[rates-feed, other]"},
		"stage":          {"stage: production", "stage: approved"},
		"app ttl":        {"ttl: 90d", "ttl: 91d"},
		"renewed":        {"renewed: 2026-04-02", "renewed: 2026-04-03"},
		"data set added": {"masking: none}]", "masking: none}, {dataset: more, access: read, purpose: x}]"},
	} {
		edited := strings.Replace(fullApp, edit[0], edit[1], 1)
		if edited == fullApp {
			t.Errorf("%s: %q is not in the app", name, edit[0])
			continue
		}
		got := digestOf(t, edited)
		if other, ok := seen[got]; ok {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[got] = name
	}
}

// TestDigestOfBareObjects: an object that says something by being there is part of
// the meaning, even if all its fields are left out: a bare gate asks for nobody's
// approval, where no gate at all asks for security and the DPO.
func TestDigestOfBareObjects(t *testing.T) {
	digest := func(path, src string) Digest {
		t.Helper()
		d := Parse(path, "", []byte(src))
		if !d.Valid() {
			t.Fatalf("%s: %v", path, d.Problems)
		}
		return d.Digest()
	}
	settings := "apiVersion: levee.dev/v1\nkind: Catalog\nmetadata: {name: c}\nspec:\n  timeZone: UTC\n  environments: [{name: production}]\n"
	roles := "apiVersion: levee.dev/v1\nkind: Roles\nmetadata: {name: r}\nspec:\n  people: {ana: {name: Ana}}\n  roles: {}\n  teams: "
	for name, pair := range map[string][2]Digest{
		"a bare gate":      {digest("catalog.yaml", settings), digest("catalog.yaml", settings+"  gates: {high: {}}\n")},
		"a gate, written":  {digest("catalog.yaml", settings), digest("catalog.yaml", settings+"  gates: {high: {publish: staged, approvals: []}}\n")},
		"a team of nobody": {digest("roles.yaml", roles+"{ops: {members: [ana]}}\n"), digest("roles.yaml", roles+"{ops: {members: [ana]}, more: {}}\n")},
	} {
		if pair[0] == pair[1] {
			t.Errorf("%s does not change the digest", name)
		}
	}
	if a, b := digest("catalog.yaml", settings), digest("catalog.yaml", settings+"  gates: {}\n  approvals: {}\n  limits: {}\n  data: {catalogued: false}\n  lifecycle: {grace: 7d}\n"); a != b {
		t.Error("defaults written out change the digest")
	}
}

func TestLocate(t *testing.T) {
	d := Parse("apps/finance/expense-submit/app.yaml", "", []byte(fullApp))
	for field, want := range map[string]string{
		"":                             "apiVersion",
		"spec.version":                 "1.4.0",
		"spec.egress[0]":               "maps.example.com",
		"spec.egress[api.example.org]": "api.example.org",
		"spec.integrations[acme-maps].scopes[geocode]": "geocode",
		"spec.secrets[PAYMENT_API_KEY].ttl":            "1h",
		"spec.data[expenses].retention":                "30d",
		`metadata.labels["costCenter"]`:                "fin-204",
		"spec.lifecycle.renewed":                       "2026-04-02",
		"spec.runtime":                                 "runtime:",
		"spec.runtime.nothing":                         "runtime:", // the object that would hold it
		"spec.egress[nothing]":                         "egress:",
		"nothing":                                      "apiVersion",
	} {
		at := d.Locate(field)[0]
		rest := strings.Split(fullApp, "\n")[at.Line-1][at.Column-1:]
		if !strings.HasPrefix(rest, want) {
			t.Errorf("%q is at %+v, where there is %.20q; want %q", field, at, rest, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		Parse("apps/finance/expense-submit/app.yaml", "", []byte(fullApp))
	}
}

// TestCanonicalASCII holds the short cut of Canonical against the library.
func TestCanonicalASCII(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		object := map[string]any{}
		for range rng.IntN(5) {
			key := make([]byte, rng.IntN(6))
			for i := range key {
				key[i] = byte(rng.IntN(128))
			}
			switch rng.IntN(4) {
			case 0:
				object[string(key)] = math.Float64frombits(rng.Uint64() &^ (1 << 62))
			case 1:
				object[string(key)] = float64(rng.IntN(1<<30)) / 1000
			case 2:
				object[string(key)] = []any{string(key), true, nil}
			default:
				object[string(key)] = string(key)
			}
		}
		got, err := Canonical(object)
		if err != nil {
			continue // NaN
		}
		want, err := jcs.Transform(got)
		if err != nil || string(want) != string(got) {
			t.Fatalf("canonical form of %v is %s, the library says %s (%v)", object, got, want, err)
		}
	}
}

// TestCanonicalOfStructs: the order of a struct's fields and the spelling in raw
// JSON are no part of the canonical form, with and without other letters than ASCII.
func TestCanonicalOfStructs(t *testing.T) {
	type inner struct {
		Z int             `json:"z"`
		A json.RawMessage `json:"a"`
		S string          `json:"s"`
	}
	for _, word := range []string{"x", "\u00e9"} {
		got, err := Canonical(map[string]any{"v": inner{1, json.RawMessage(`{ "n": 1.50, "b": 1e2 }`), word}})
		if want := `{"v":{"a":{"b":100,"n":1.5},"s":"` + word + `","z":1}}`; err != nil || string(got) != want {
			t.Errorf("canonical form is %s (%v), want %s", got, err, want)
		}
	}
}
