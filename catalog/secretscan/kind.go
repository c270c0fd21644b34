package secretscan

import "strings"

// spelling is how words in the names of rules are written to people.
var spelling = map[string]string{
	"1password": "1Password", "ad": "AD", "api": "API", "aws": "AWS", "azure": "Azure", "gcp": "GCP", "github": "GitHub", "gitlab": "GitLab",
	"hashicorp": "HashiCorp", "id": "ID", "jwt": "JWT", "jwk": "JWK", "oauth": "OAuth", "openai": "OpenAI", "pat": "personal access token",
	"pkcs12": "PKCS #12", "slack": "Slack", "stripe": "Stripe", "url": "URL", "ssh": "SSH", "tf": "Terraform", "yaml": "YAML", "npm": "npm",
	"google": "Google", "kubernetes": "Kubernetes", "vault": "Vault", "anthropic": "Anthropic", "curl": "curl",
}

// kindOf makes words of the name of a rule.
func kindOf(id string) string {
	if id == genericRule {
		return "password, key or token"
	}
	words := strings.Split(id, "-")
	for i, w := range words {
		if spelt, ok := spelling[w]; ok {
			words[i] = spelt
		}
	}
	return strings.Join(words, " ")
}
