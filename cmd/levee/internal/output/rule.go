package output

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies/rego"
)

// Rule is everything about one rule of the library or the catalog.
func Rule(out io.Writer, r rego.Rule) error {
	var b strings.Builder
	line := func(name, text string) { fmt.Fprintf(&b, "%-14s%s\n", name+":", text) }
	fmt.Fprintf(&b, "%s — %s\n\n%s\n\n", r.ID, r.Title, r.Description)
	line("What to do", cmp.Or(r.Remedy, "see the message of the problem"))
	line("Looks at", cmp.Or(strings.Join(r.Fields, ", "), "the app as a whole"))
	line("Enforcement", enforcementWords(r))
	line("Settings", strings.Join(append(slices.Clone(r.Settings), "rules: {"+r.ID+": {enforcement: …}}"), ", ")+" in catalog.yaml")
	line("Risk", riskWords(r))
	if len(r.Asks) > 0 {
		line("May ask", strings.Join(r.Asks, ", "))
	}
	line("Running apps", runningWords(r))
	if len(r.Controls) > 0 {
		line("Controls", strings.Join(r.Controls, ", "))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func enforcementWords(r rego.Rule) string {
	if r.Effective == "" {
		return string(r.Enforcement)
	}
	return string(r.Enforcement) + ", from " + string(r.Effective)
}

func runningWords(r rego.Rule) string {
	if r.Contain {
		return "contained at once"
	}
	return r.Grace.String() + " of grace"
}

func riskWords(r rego.Rule) string {
	if len(r.Risks) == 0 {
		return "not raised by this rule"
	}
	return "raised to " + strings.Join(r.Risks, " or ")
}

// ProgramRule is everything about one rule of the program itself.
func ProgramRule(out io.Writer, r catalog.ProgramRule) error {
	_, err := fmt.Fprintf(out, `%s — %s

%s

What to do:   see the message of the problem
Looks at:     %s
Enforcement:  always; it belongs to the program, so it can be neither set nor waived
Settings:     none
Risk:         not raised by this rule
`, r.ID, r.Title, r.Description, r.About)
	return err
}
