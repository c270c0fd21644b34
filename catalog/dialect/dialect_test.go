package dialect

import (
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestOf: a file is known by what is in it, in whatever order and spelling, and one that has
// little of a dialect is of none.
func TestOf(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]Dialect{
		"name: a\nlifecycle: {state: x, ttl_days: 1}":                        Microapp,
		"Lifecycle: {ttlDays: 1}\nClassification: {Data: internal}":          Microapp,
		"security: {secrets-policy: vault-only, require_sbom: true}":         Microapp,
		"name: a\nlifecycle: {ttl_days: 1}":                                  "",
		"sso: oidc\nlifecycle: {tier: prototype}":                            AppManifest,
		"runtime: {cpu_limit: 1}\nsecrets: [{provider: vault}]":              AppManifest,
		`{"data_access": [], "cost_center": "x"}`:                            AppManifest,
		"name: a\nruntime: serverless\ncost_profile: micro":                  Template,
		"name: a\nruntime: {type: x}\ncost_profile: micro":                   "",
		"allowed_third_parties: []":                                          ThirdParties,
		"runtime: {allowed_third_parties: []}\nowner: {contact: x}":          Microapp,
		`{"secret_policy": {}}`:                                              SecretPolicy,
		"allowed_stores: []\nrotation_days: 7":                               SecretPolicy,
		"rotation_days: 7":                                                   "",
		"secrets_policy: vault-only":                                         SecretHandling,
		"secrets_policy: {a: b}":                                             "",
		"rules: [{no-secrets-in-repo: reject}]":                              Secrets,
		"rules: {vault-required: all}":                                       Secrets,
		"rules: {quality.tests: {enforcement: warn}}":                        "",
		"rules: [a, [b]]":                                                    "",
		"roles: {microapp_creator: {}}":                                      Access,
		"roles: {maker: {default_scopes: []}}":                               Access,
		"roles: {security: [{person: ana}]}":                                 "",
		"automated_checks: []\nrelease_decision: []":                         Checklist,
		"automated_checks: []":                                               "",
		"risk_levels: []":                                                    Gates,
		"alerts: [{name: a, when: b}]":                                       Monitoring,
		"alerts: [{name: a, expr: b}]":                                       "",
		"apiVersion: backstage.io/v1alpha1\nkind: Component":                 Backstage,
		"apiVersion: levee.dev/v1\nkind: App\nspec: {lifecycle: {state: x}}": "",
		"colour: blue": "", "[a]": "", "word": "",
	} {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(src), &doc); err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		if got := Of(doc.Content[0]); got != want {
			t.Errorf("%s\nis of %q, not of %q", src, got, want)
		}
	}
	var both yaml.Node
	if err := yaml.Unmarshal([]byte("risk_levels: []\nroles: {microapp_creator: {default_scopes: []}}\nsecret_policy: {}\nallowed_stores: []\nci_auth: x\n"), &both); err != nil {
		t.Fatal(err)
	}
	if got := In(both.Content[0]); !slices.Equal(got, []Dialect{SecretPolicy, Access, Gates}) {
		t.Errorf("several sheets in one document are %q", got)
	}
	for _, d := range All() {
		if d.Title() == "" {
			t.Errorf("%s has no title", d)
		}
	}
	if n := len(All()); n != 14 {
		t.Errorf("there are %d dialects", n)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ttl_days": "ttl_days", "ttlDays": "ttl_days", "TTL-Days": "ttl_days", "ttl‑days": "ttl_days", " Ttl days ": "ttl_days", "apiVersion": "api_version", "DPO": "dpo", "sha256Sum": "sha256_sum",
	} {
		if got := Key(name); got != want {
			t.Errorf("%q is %q, not %q", name, got, want)
		}
	}
}
