package convert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/dialect"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// What the manifests of apps have in common.

// beginApp is the taker of the whole file of an app: it begins the app, by the first of
// some names that is there.
func beginApp(team string, names ...string) func(*conversion, field) {
	return func(c *conversion, root field) {
		if c.app == nil {
			owner := root.child("owner")
			word := owner.child("team", "group").text()
			if team != "" {
				word = root.child(team).text()
			}
			c.begin(catalog.KindApp, root.child(names...), appPlace(c, word))
		}
	}
}

// takeClass takes a classification by the table.
func takeClass(c *conversion, f field) {
	takeClassAs(c, f, c.app.in("spec"), "classification")
}

func takeClassAs(c *conversion, f field, g group, name string) {
	line, ok := classify(f.text())
	switch {
	case f.text() == "":
		c.leave(f, "It is empty: write one of "+strings.Join(catalog.Classifications, ", ")+".")
	case !ok:
		c.leave(f, fmt.Sprintf("%s is in no scheme that is known; write one of %s.", safetext.Code(f.text()), strings.Join(catalog.Classifications, ", ")))
	default:
		remark := ""
		if line.As != f.text() {
			remark = fmt.Sprintf("%s is %s in a catalog.", safetext.Code(f.text()), safetext.Code(line.As))
		}
		c.put(f, g, name, str(line.As), remark)
		if line.Holds != "" && g.d.kind == catalog.KindApp {
			c.blank(f, g, "data", dataText(line.Holds))
		}
	}
}

func dataText(category string) string {
	return fmt.Sprintf("The data sets with such data, each with dataset, access, purpose and categories: [%s].", category)
}

// takeExpiry takes the day on which an app ends. A catalog counts from the day it was
// created, which the file may not say.
func takeExpiry(c *conversion, f field) {
	spec := c.app.in("spec", "lifecycle")
	ends, err := time.Parse(time.DateOnly, dayOf(f.text()))
	if err != nil {
		c.leave(f, fmt.Sprintf("%s is no day; write how long the app lives under `spec.lifecycle.ttl`.", safetext.Code(f.text())))
		return
	}
	text := fmt.Sprintf("The days from `created` to %s, the day on which the app ends.", ends.Format(time.DateOnly))
	created := pick(spec.at, "created")
	if created == nil {
		c.blank(f, spec, "ttl", text)
		return
	}
	began, err := time.Parse(time.DateOnly, created.Value)
	days := int(ends.Sub(began).Hours() / 24)
	if err != nil || days < 1 || int64(days)*86400 > scalar.MaxDuration {
		c.blank(f, spec, "ttl", text)
		return
	}
	c.put(f, spec, "ttl", raw(fmt.Sprintf("%dd", days)), fmt.Sprintf("It is %d days after the app was created.", days))
}

func dayOf(text string) string {
	day, _, _ := asDay(text)
	return day.Value
}

// takeLabel is the taker of a label of the app.
func takeLabel(label string) func(*conversion, field) {
	return func(c *conversion, f field) {
		if value, remark := c.read(f, asText); value != nil {
			c.put(f, c.app.in("metadata", "labels"), label, value, remark)
		}
	}
}

// takeCost takes what an app is expected to cost in a month.
func takeCost(c *conversion, f field) {
	amount := strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(f.text(), "USD"), "$"))
	value, _, wrong := asNumber(amount)
	if value == nil {
		c.leave(f, wrong)
		return
	}
	c.put(f, c.app.in("spec", "budget"), "monthly", value, "")
}

var (
	yes = []string{"true", "yes", "on", "required"}
	no  = []string{"false", "no", "none", "off"}
)

// takeNetwork takes how an app may call outside: an app of a catalog may call what its
// egress lists, and nothing else.
func takeNetwork(c *conversion, f field) {
	if slices.Contains([]string{"restricted", "limited", "allow-list", "allowlist", "none", "denied", "blocked"}, lower(f)) {
		c.imply(f, "An app may call the host names of its `spec.egress`, and no others.")
		return
	}
	c.leave(f, "An app may call the host names of its `spec.egress` and no others: list those that it needs.")
}

// takeStores takes that all secrets are in a store.
var takeStores = implyingIf([]string{"vault-only", "vault"},
	"A manifest names secrets and never holds them, and `limits.stores` of catalog.yaml lists the stores; vault alone where it does not.",
	"A manifest names secrets and never holds them: move what is outside of a store into one, and list it under `spec.secrets`.")

// takeLanguage takes the languages that an app may be written in: it is written in one.
func takeLanguage(c *conversion, f field) {
	list := f.words()
	if len(list) == 1 && list[0].text() != "" {
		c.put(list[0], c.app.in("spec", "runtime"), "language", str(list[0].text()), "")
		return
	}
	for _, one := range list {
		c.leave(one, fmt.Sprintf("An app is written in one language: write `language: %s` under `spec.runtime` if it is this one.", safetext.Shown(one.text(), false)))
	}
}

// takeHost takes a host that an app calls: a word, or a group with its domain.
func takeHost(c *conversion, f field) {
	host := f
	if f.text() == "" {
		host = f.child("domain", "host", "url")
	}
	if host.node == nil {
		return
	}
	if value, remark := c.read(host, asDomain); value != nil {
		c.add(host, c.app.in("spec"), "egress", value, remark)
	}
}

const secretItself = "A secret itself must not stand in any file: put it into the store, replace it there, and take it out of this file and of its history."

// takeSecret takes the use of a secret: its name, or a group, which may stand at the name.
// What stands at a name as one word may be the secret.
func takeSecret(c *conversion, f field) {
	if f.text() != "" {
		if f.key != nil {
			c.leave(f, secretItself)
			return
		}
		c.put(f, c.app.in("spec").item("secrets"), "name", str(f.text()), "")
		return
	}
	g := c.app.in("spec").item("secrets")
	if f.key != nil && f.child("name", "env").node == nil {
		g.at.Content = append(g.at.Content, str("name"), str(dialect.Plain(f.key.Value)))
	}
	for _, move := range []struct {
		names []string
		to    string
		how   reading
	}{
		{[]string{"name", "env"}, "name", asText}, {[]string{"provider", "store"}, "store", asStore},
		{[]string{"path", "ref"}, "path", asText}, {[]string{"ttl", "ttl_minutes"}, "ttl", asMinutes},
		{[]string{"rotation", "rotation_days"}, "rotation", asDays},
	} {
		if from := f.child(move.names...); from.node != nil {
			if value, remark := c.read(from, move.how); value != nil {
				c.put(from, g, move.to, value, remark)
			}
		}
	}
	for _, name := range []string{"value", "key", "secret", "token", "password"} {
		if value := f.child(name); value.node != nil {
			c.leave(value, secretItself)
		}
	}
}

// takeData takes the use of a data set: its name, or a group, which may stand at the name; or
// how it is used, at the name.
func takeData(c *conversion, f field) {
	g := c.app.in("spec").item("data")
	if f.key != nil && f.child("dataset", "name").node == nil {
		name, _, _ := asName(dialect.Plain(f.key.Value))
		g.at.Content = append(g.at.Content, str("dataset"), name)
		if f.text() != "" {
			if value, remark := c.read(f, asAccess); value != nil {
				c.put(f, g, "access", value, remark)
			}
			return
		}
	}
	if f.text() != "" {
		value, remark := c.read(f, asName)
		c.put(f, g, "dataset", value, remark)
		return
	}
	for _, move := range []struct {
		names []string
		to    string
		how   reading
	}{
		{[]string{"dataset", "name"}, "dataset", asName}, {[]string{"access_level", "access"}, "access", asAccess},
		{[]string{"purpose", "reason"}, "purpose", asText}, {[]string{"retention", "retention_days"}, "retention", asDays}, {[]string{"masking"}, "masking", asText},
	} {
		if from := f.child(move.names...); from.node != nil {
			if value, remark := c.read(from, move.how); value != nil {
				c.put(from, g, move.to, value, remark)
			}
		}
	}
	for _, category := range f.child("categories").children() {
		if value, remark := c.read(category, asText); value != nil {
			value.Value = strings.ToLower(value.Value)
			c.add(category, g, "categories", value, remark)
		}
	}
}
