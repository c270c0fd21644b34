package convert

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/scalar"
)

const (
	scanImplied = "Every change is searched for secrets, and one that brings any is denied."
	scanLeft    = "Every change is searched for secrets, and one that brings any is denied; a value that only looks like one needs a waiver."
	storeWords  = "A manifest names secrets and never holds them, and `limits.stores` of catalog.yaml lists the stores; vault alone where it does not."
)

// secretPolicy is the table of policies with `allowed_stores` and `rotation_days`.
var secretPolicy = slices.Concat(secretPolicyIn("secret_policy."), secretPolicyIn(""))

func secretPolicyIn(above string) []entry {
	return []entry{
		{above + "repo_detection", implyingIf([]string{"block_on_match", "block", "deny", "reject"}, scanImplied, scanLeft)},
		{above + "allowed_stores", takeAllowedStores},
		{above + "ci_auth", leaving("How CI signs in to a cloud is set up there; an app whose build does so says it with `build: oidc` under `spec.quality`.")},
		{above + "rotation_days", takeRotation},
	}
}

func takeAllowedStores(c *conversion, f field) {
	for _, word := range f.words() {
		if value, remark := c.read(word, asStore); value != nil {
			c.add(word, c.settings("limits"), "stores", value, remark)
		}
	}
}

// takeRotation takes how often secrets are replaced. Those of apps with sensitive data are
// replaced as often at least.
func takeRotation(c *conversion, f field) {
	value, remark := c.read(f, asDays)
	if value != nil {
		takeRotationOf(c, f, value.Value, remark)
	}
}

func takeRotationOf(c *conversion, f field, span, remark string) {
	c.put(f, c.settings("limits"), "rotation", raw(span), remark)
	if d, err := scalar.ParseDuration(span); err == nil && d < scalar.Days(7) {
		c.also(f, c.settings("limits"), "highRotation", raw(span))
	}
}

// secretHandling is the table of sheets that only say how secrets are handled.
var secretHandling = []entry{{"secrets_policy", takeStoresOfAll}}

// takeStoresOfAll takes, for all apps, that secrets are in vault.
func takeStoresOfAll(c *conversion, f field) {
	if !slices.Contains([]string{"vault-only", "vault"}, lower(f)) {
		c.leave(f, "Write the stores that secrets may lie in under `limits.stores` of catalog.yaml.")
		return
	}
	c.add(f, c.settings("limits"), "stores", str("vault"), "Only vault may hold secrets.")
}

// secretSheet is the table of sheets that say in words what holds for secrets.
var secretSheet = []entry{
	{"version", implying("It is the version of the sheet, and says nothing of apps.")},
	{"rules.no_secrets_in_repo", implyingIfSays([]string{"reject", "block", "deny"}, scanImplied, scanLeft)},
	{"rules.vault_required", implying(storeWords)},
	{"rules.ephemeral_creds", takeSpan("credential", "How long a credential may live goes under `limits.credential` of catalog.yaml, such as 1h.")},
	{"rules.secret_rotation", func(c *conversion, f field) {
		span := spanIn(f.text())
		if span == "" {
			c.leave(f, "How often secrets are replaced goes under `limits.rotation` of catalog.yaml, such as 30d.")
			return
		}
		remark := saysMore(f, span)
		if hasWord(f.text(), "deploy") {
			remark += " Rotation with every deployment is not kept: a catalog has no field for it."
		}
		takeRotationOf(c, f, span, remark)
	}},
	{"developer_guidance", leaving("Advice for people goes into a README of the catalog.")},
}

// implyingIfSays implies a sentence with one of some words in it, and leaves any other.
func implyingIfSays(words []string, implied, left string) func(*conversion, field) {
	return func(c *conversion, f field) {
		if hasWord(f.text(), words...) {
			c.imply(f, implied)
			return
		}
		c.leave(f, left)
	}
}

// takeSpan is the taker of a limit that a sentence names.
func takeSpan(limit, otherwise string) func(*conversion, field) {
	return func(c *conversion, f field) {
		span := spanIn(f.text())
		if span == "" {
			c.leave(f, otherwise)
			return
		}
		c.put(f, c.settings("limits"), limit, raw(span), saysMore(f, span))
	}
}

// saysMore says what of a sentence was taken.
func saysMore(f field, span string) string {
	if f.text() == span {
		return ""
	}
	return fmt.Sprintf("Of %s the limit %s is kept.", safetext.Code(f.text()), span)
}

// secondsOf is a number of seconds as a length of time; empty for anything else.
func secondsOf(f field) string {
	if n, err := strconv.Atoi(f.text()); err == nil && n > 0 {
		return scalar.Duration(n).String()
	}
	return ""
}
