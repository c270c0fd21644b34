package convert

import (
	"regexp"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/dialect"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// A sheet on the handling of secrets is also written as a rule. What it says is known by
// what it looks at: the words of two rules are read, and any other is left as a whole.

var (
	packageExpr = regexp.MustCompile(`^package\s+[A-Za-z_][\w.]*\s*$`)
	ruleBegins  = regexp.MustCompile(`^[A-Za-z_]\w*(\s|\[|\{|:=|=)`)
	storeRule   = regexp.MustCompile(`secrets_policy\s*!=\s*"vault-only"`)
	scanRule    = regexp.MustCompile(`contains\s+secret\b`)
)

// isRego reports whether a file is one of Rego: its first line that is no comment names a
// package.
func isRego(src []byte) bool {
	for line := range strings.Lines(string(src)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return packageExpr.MatchString(line)
		}
	}
	return false
}

// takeRego takes in a file of Rego, rule by rule.
func takeRego(out *output, report *FileReport, f File) {
	if len(f.Source) > syntax.MaxManifest {
		report.Problems = []catalog.Problem{noDialect(f.Path, 0, "The file is longer than any that is taken in.")}
		return
	}
	if !storeRule.Match(f.Source) && !scanRule.Match(f.Source) {
		report.Problems = []catalog.Problem{{
			Rule: ruleDialect, Level: catalog.Deny, Path: f.Path, Controls: []string{}, Message: "The file holds rules in Rego.",
			Remedy: "Put it into policies/ of the catalog, and run levee test there.",
		}}
		return
	}
	report.Dialects = []dialect.Dialect{dialect.SecretHandling}
	for _, rule := range rulesIn(string(f.Source)) {
		note := Note{Field: rule.name, Line: rule.line, Comments: rule.comments}
		switch {
		case storeRule.MatchString(rule.text):
			note.Text = "Every secret of an app is in a store that `limits.stores` of catalog.yaml lists; vault alone where it does not."
			report.Implied = append(report.Implied, note)
		case scanRule.MatchString(rule.text):
			note.Text = scanImplied
			report.Implied = append(report.Implied, note)
		case strings.HasPrefix(rule.text, "package"):
			note.Text = "It is what the rules were called together, and says nothing of apps."
			report.Implied = append(report.Implied, note)
		default:
			note.Text = "Put the rule into a file in policies/ of the catalog, and run levee test there."
			report.Left = append(report.Left, note)
		}
	}
}

// ruleText is one rule of a file.
type ruleText struct {
	name, text, comments string
	line                 int
}

// rulesIn cuts a file of Rego into its rules: each begins at the left edge.
func rulesIn(src string) []ruleText {
	var rules []ruleText
	comments := ""
	for i, line := range strings.Split(src, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "#"):
			comments = join(comments, trimmed)
			continue
		case ruleBegins.MatchString(line):
			name, _, _ := strings.Cut(strings.Fields(line)[0], "[")
			rules = append(rules, ruleText{name: name, line: i + 1})
		}
		if len(rules) > 0 {
			last := &rules[len(rules)-1]
			last.text, last.comments, comments = last.text+line+"\n", join(last.comments, comments), ""
		}
	}
	if len(rules) > 0 {
		rules[len(rules)-1].comments = join(rules[len(rules)-1].comments, comments)
	}
	return rules
}
