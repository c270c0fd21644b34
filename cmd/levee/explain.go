package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/policies/rego"
	"github.com/levee-gitops/levee/reconciler"
)

func explainCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "explain [RULE]",
		Short: "Say what a rule asks and why; without a rule, list them all",
		Long: `Explain says what a rule asks and why: what it looks at, which settings it reads and
how it can be set, what it does to the risk, and what follows for apps that run. It
knows every rule that a check, a comment or a notice names.`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVarP(&dir, "catalog", "C", ".", "catalog whose own rules and settings count")
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		rules, err := rulesOf(cmd, dir)
		if err != nil {
			return err
		}
		out, program := cmd.OutOrStdout(), programRules()
		if len(args) == 0 {
			if *format == "json" {
				return writeJSON(out, rules)
			}
			var rows [][]string
			for _, r := range rules {
				rows = append(rows, []string{r.ID, string(r.Enforcement), r.Title})
			}
			for _, r := range program {
				rows = append(rows, []string{r.ID, "always", r.Title})
			}
			writeTable(out, rows)
			return nil
		}
		for _, r := range rules {
			switch {
			case r.ID != args[0]:
			case *format == "json":
				return writeJSON(out, r)
			default:
				return writeRule(out, r)
			}
		}
		var ids []string
		for _, r := range rules {
			ids = append(ids, r.ID)
		}
		for _, r := range program {
			ids = append(ids, r.ID)
			switch {
			case r.ID != args[0]:
			case *format == "json":
				return writeJSON(out, r)
			default:
				return writeProgramRule(out, r)
			}
		}
		if meant := guess.Closest(args[0], ids); meant != "" {
			return usagef("there is no rule %q; did you mean %s?", args[0], meant)
		}
		return usagef("there is no rule %q; `levee explain` lists them", args[0])
	}
	return cmd
}

// programRules lists the rules of the program itself, by id. Each package keeps those
// that it reports.
func programRules() []catalog.ProgramRule {
	all := slices.Concat(catalog.ProgramRules, policies.ProgramRules, reconciler.ProgramRules)
	slices.SortFunc(all, func(a, b catalog.ProgramRule) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

func writeRule(out io.Writer, r rego.Rule) error {
	var b strings.Builder
	line := func(name, text string) { fmt.Fprintf(&b, "%-14s%s\n", name+":", text) }
	fmt.Fprintf(&b, "%s — %s\n\n%s\n\n", r.ID, r.Title, r.Description)
	line("What to do", cmp.Or(r.Remedy, "see the message of the problem"))
	line("Looks at", cmp.Or(strings.Join(r.Fields, ", "), "the app as a whole"))
	enforcement := string(r.Enforcement)
	if r.Effective != "" {
		enforcement += ", from " + string(r.Effective)
	}
	line("Enforcement", enforcement)
	line("Settings", strings.Join(append(slices.Clone(r.Settings), "rules: {"+r.ID+": {enforcement: …}}"), ", ")+" in catalog.yaml")
	line("Risk", riskWords(r))
	if len(r.Asks) > 0 {
		line("May ask", strings.Join(r.Asks, ", "))
	}
	running := r.Grace.String() + " of grace"
	if r.Contain {
		running = "contained at once"
	}
	line("Running apps", running)
	if len(r.Controls) > 0 {
		line("Controls", strings.Join(r.Controls, ", "))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func riskWords(r rego.Rule) string {
	if len(r.Risks) == 0 {
		return "not raised by this rule"
	}
	return "raised to " + strings.Join(r.Risks, " or ")
}

func writeProgramRule(out io.Writer, r catalog.ProgramRule) error {
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

// rulesOf lists the rules of a catalog, or of the library alone where the folder
// holds no catalog.
func rulesOf(cmd *cobra.Command, dir string) ([]rego.Rule, error) {
	engine, err := engine()
	if err != nil {
		return nil, err
	}
	snapshot, err := openFolder(cmd.Context(), dir)
	if err != nil {
		return nil, err
	}
	trial, err := engine.Try(cmd.Context(), snapshot) // nobody may have agreed to its rules yet
	if err != nil {
		return nil, err
	}
	defer trial.Close()
	if rules := trial.Listed(); rules != nil {
		return rules, nil
	}
	return engine.Library()
}
