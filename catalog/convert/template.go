package convert

import (
	"path"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// template is the table of descriptors of approved templates, which become blueprints.
var template = []entry{
	{"", beginTemplate},
	{"version", takeMajor},
	{"title", blueprintField(asText, "title")},
	{"owner", func(c *conversion, f field) { takeTeam(c, f, c.app.in("spec"), "owner") }},
	{"classification", func(c *conversion, f field) { takeClassAs(c, f, c.app.in("spec"), "ceiling") }},
	{"sensitivity", func(c *conversion, f field) { takeClassAs(c, f, c.app.in("spec"), "ceiling") }},
	{"runtime", takeTypes},
	{"runtimes", takeTypes},
	{"allowed_regions", takeWords(asName, "regions")},
	{"cost_profile", blueprintField(asCost, "cost")},
	{"required_scans", takeWords(asName, "scans")},
	{"scopes", takeWords(asText, "scopes")},
	{"vendors", takeWords(asName, "vendors")},
	{"description", leaving("A blueprint has no description: put it into a README in its folder.")},
	{"required_approvals", leaving("Which approvals an app needs follows from its risk: the roles are those of `spec.gates` in catalog.yaml.")},
	{"cost_budget", leaving("A budget is one of an app, under its `spec.budget`; a blueprint has a cost profile.")},
}

// beginTemplate begins the blueprint that a template becomes: its first major version, where
// the template has none.
func beginTemplate(c *conversion, root field) {
	major := "1"
	if word := majorOf(root.child("version")); word != "" {
		major = word
	}
	c.begin(catalog.KindBlueprint, root.child("name", "id"), func(name string) string {
		return path.Join("blueprints", name, major, "blueprint.yaml")
	})
}

// majorOf is the major version that a field holds; empty where it holds none.
func majorOf(version field) string {
	digits, _, _ := strings.Cut(strings.TrimPrefix(lower(version), "v"), ".")
	if digits == "" || len(digits) > 4 || digits[0] == '0' || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return digits
}

func takeMajor(c *conversion, f field) {
	if majorOf(f) == "" {
		c.leave(f, "A blueprint has a whole number as its version, from 1 on: the folder is blueprints/<name>/1.")
		return
	}
	c.imply(f, "The major version of a blueprint is its folder: "+path.Dir(c.app.path)+".")
}

func blueprintField(how reading, name string) func(*conversion, field) {
	return func(c *conversion, f field) {
		if value, remark := c.read(f, how); value != nil {
			c.put(f, c.app.in("spec"), name, value, remark)
		}
	}
}

// takeWords takes a list of words, or one word in place of a list.
func takeWords(how reading, name string) func(*conversion, field) {
	return func(c *conversion, f field) {
		for _, word := range f.words() {
			if value, remark := c.read(word, how); value != nil {
				c.add(word, c.app.in("spec"), name, value, remark)
			}
		}
	}
}

// takeTypes takes what apps of a template run as.
func takeTypes(c *conversion, f field) {
	for _, word := range f.words() {
		value, remark := c.read(word, asType)
		if value != nil {
			c.add(word, c.app.in("spec"), "types", value, remark)
		}
	}
}
