package secretscan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The values are put together here, so that nobody's scan finds them in this file.
var (
	awsKey  = "AKIA" + "Y34FZKBOKMUTVV7A"
	ghToken = "ghp_" + "R8f3kd92jfkDk29slqkfieEE93kfm2Kds9qp"
	slack   = "xoxb-" + "263594206564-2343594206574-" + "FGqddMF8t08v8N7Oq4i57vs1"
	stripe  = "sk_live_" + "51HqLyjWDarjtT1zdp7dcFGh8"
	gcp     = "AIza" + "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe"
	jwt     = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
	npm     = "npm_" + "k3Jd82jfKs92kdJf82ksJdf82jKs92dkJf82"
	vault   = "hvs." + "CAESIKx9zq2mNVpLWcTyB3uFh7Ed0RgJsKo1iXvA4rZ8tQwYGh4KHGh2cy5Na2Zq0ZyJ3bFh1Qm5kT2xWcTdLdEhJc"
	gitlab  = "glpat-" + "k3Jd82jfKs92kdJf82ks"
	privKey = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + strings.Repeat("MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9Oi\n", 20) + "-----END RSA PRIVATE " + "KEY-----\n"
)

func TestFind(t *testing.T) {
	r := load()
	for text, want := range map[string]string{
		"a: b\n  é key: " + awsKey + " # mine\n":         "AWS access token 2:10",
		"token: " + ghToken:                              "GitHub personal access token 1:8",
		"see https://x.example/?t=" + ghToken + "&u=1":   "GitHub personal access token 1:26",
		"slack " + slack + " here":                       "Slack bot token 1:7",
		"{\"k\": \"" + stripe + "\"}":                    "Stripe access token 1:8",
		"x " + gcp + " y":                                "GCP API key 1:3",
		"Authorization: Bearer " + jwt:                   "JWT 1:23",
		"//registry.example/:_authToken=" + npm:          "npm access token 1:32",
		"v " + vault + " w":                              "Vault service token 1:3",
		"g: " + gitlab:                                   "GitLab personal access token 1:4",
		"data: |\n" + privKey:                            "private key 2:1",
		"password: q8fJ2ldk39fjKD82jsk1":                 "password, key or token 1:11 suspected",
		"k: " + awsKey + " # gitleaks:allow":             "AWS access token 1:4",
		awsKey + "\n" + awsKey:                           "AWS access token 1:1, AWS access token 2:1",
		"key: AKIAIOSFODNN7EXAMPLE":                      "",
		"password: changeme":                             "",
		"token: change-me-please-now":                    "",
		"password: ${PASSWORD_OF_THE_DATABASE_9}":        "",
		"token: \"{{ .Values.some.token_0123456789 }}\"": "",
		"token: <your-token-0123456789-here>":            "",
		"secret: kv/finance/payment-gateway/key-7":       "",
		"access: {sso: oidc, groups: [finance-all]}":     "",
		"secrets: [{name: PAYMENT_API_KEY, store: vault, path: kv/fin/payment, ttl: 1h, rotation: 30d}]":            "",
		"image: registry.example.com/fin/x@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": "",
	} {
		found, whole := r.find("a.yaml", text)
		var got []string
		for _, f := range found {
			said := f.Kind + " " + place(f)
			if !f.Certain {
				said += " suspected"
			}
			got = append(got, said)
		}
		if strings.Join(got, ", ") != want || !whole {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func place(f Finding) string { return fmt.Sprintf("%d:%d", f.Line, f.Column) }

func BenchmarkFind(b *testing.B) {
	r := load()
	for _, files := range []string{"../../docs/*.md", "../../policies/bundle/*/*.rego", "../../cmd/levee/internal/skeleton/catalog/apps/*/*/app.yaml"} {
		b.Run(files, func(b *testing.B) {
			var all strings.Builder
			paths, err := filepath.Glob(files)
			for _, p := range paths {
				raw, readErr := os.ReadFile(p)
				if readErr != nil {
					b.Fatal(readErr)
				}
				all.Write(raw)
			}
			if err != nil || all.Len() == 0 {
				b.Fatal("there is nothing to scan", err)
			}
			b.SetBytes(int64(all.Len()))
			for b.Loop() {
				r.find("a.yaml", all.String())
			}
		})
	}
	b.Run("rules", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			load()
		}
	})
}
