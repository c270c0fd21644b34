package output

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/policies/rego"
)

// RulePages writes what is known of each rule into a folder, as Markdown: a page for each, named
// for the rule, and README.md, which lists them. It writes over pages that are there, and leaves
// other files alone.
func RulePages(dir string, rules []rego.Rule, program []catalog.ProgramRule) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write the pages of rules: %w", err)
	}
	page := func(name string, content func(w io.Writer)) error {
		var b strings.Builder
		content(&b)
		if err := os.WriteFile(filepath.Join(dir, name+".md"), []byte(b.String()), 0o644); err != nil {
			return fmt.Errorf("write the page %s: %w", name, err)
		}
		return nil
	}
	if err := page("README", func(w io.Writer) { ruleList(w, rules, program) }); err != nil {
		return err
	}
	for _, r := range rules {
		if err := page(r.ID, func(w io.Writer) { rulePage(w, r) }); err != nil {
			return err
		}
	}
	for _, r := range program {
		if err := page(r.ID, func(w io.Writer) { programRulePage(w, r) }); err != nil {
			return err
		}
	}
	return nil
}

// ruleList is the page that lists all rules.
func ruleList(w io.Writer, rules []rego.Rule, program []catalog.ProgramRule) {
	row := func(id, enforcement, title string) {
		fmt.Fprintf(w, "| [%s](%s.md) | %s | %s |\n", id, id, enforcement, plain(title))
	}
	fmt.Fprint(w, "# Rules\n\n`levee explain RULE` says the same of each, with the settings and own rules of a catalog.\n\n| rule | enforcement | what it asks |\n|---|---|---|\n")
	for _, r := range rules {
		row(r.ID, string(r.Enforcement), r.Title)
	}
	fmt.Fprint(w, "\n## Rules of the program\n\nThey say what files can be read and what a change may be. They can be neither set nor waived.\n\n| rule | about | what it asks |\n|---|---|---|\n")
	for _, r := range program {
		row(r.ID, plain(r.About), r.Title)
	}
}

// rulePage is the page of one rule.
func rulePage(w io.Writer, r rego.Rule) {
	heading(w, r.ID, r.Title, r.Description)
	fmt.Fprintf(w, "**What to do:** %s\n\n| | |\n|---|---|\n", plain(cmp.Or(r.Remedy, "See the message of the problem.")))
	row := func(name, said string) { fmt.Fprintf(w, "| %s | %s |\n", name, said) }
	row("Looks at", cmp.Or(codes(r.Fields), "the app as a whole"))
	row("Enforcement", enforcementWords(r))
	row("Settings it reads", cmp.Or(codes(r.Settings), "none"))
	row("Set by", safetext.Code("spec.rules: {"+r.ID+": {enforcement: …}}")+" in `catalog.yaml`")
	row("Risk", riskWords(r))
	if len(r.Asks) > 0 {
		row("May ask", codes(r.Asks))
	}
	row("Running apps", runningWords(r))
	row("Controls", cmp.Or(codes(r.Controls), "none"))
}

// programRulePage is the page of one rule of the program itself.
func programRulePage(w io.Writer, r catalog.ProgramRule) {
	heading(w, r.ID, r.Title, r.Description)
	fmt.Fprintf(w, "**What to do:** See the message of the problem.\n\n| | |\n|---|---|\n| Looks at | %s |\n| Enforcement | always: it belongs to the program, so it can be neither set nor waived |\n", plain(r.About))
}

func heading(w io.Writer, id, title, description string) {
	fmt.Fprintf(w, "# %s\n\n**%s.** %s\n\n", id, plain(title), plain(description))
}

// codes lists words as code.
func codes(words []string) string {
	var all []string
	for _, word := range words {
		all = append(all, safetext.Code(word))
	}
	return strings.Join(all, ", ")
}

// markup is what means something to Markdown within a line or a cell of a table.
var markup = strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ")

// plain is a text of a rule within a line. Its code spans stay.
func plain(text string) string { return markup.Replace(strings.TrimSpace(text)) }
