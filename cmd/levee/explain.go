package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/policies/rego"
	"github.com/levee-gitops/levee/reconciler"
)

func explainCommand() *cobra.Command {
	var dir, pages string
	cmd := &cobra.Command{
		Use:   "explain [RULE]",
		Short: "Say what a rule asks and why; without a rule, list them all",
		Long: `Explain says what a rule asks and why: what it looks at, which settings it reads and
how it can be set, what it does to the risk, and what follows for apps that run. It
knows every rule that a check, a comment or a notice names. --all writes it down for
all of them, as Markdown: a page for each, and README.md, which lists them.`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVarP(&dir, "catalog", "C", ".", "catalog whose own rules and settings count")
	cmd.Flags().StringVar(&pages, "all", "", "write a page for each rule into this folder, over pages that are there")
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		rules, err := rulesOf(cmd, dir)
		if err != nil {
			return err
		}
		out, program := cmd.OutOrStdout(), programRules()
		if cmd.Flags().Changed("all") {
			return explainAll(out, pages, args, rules, program)
		}
		if len(args) == 0 {
			if *format == "json" {
				return output.JSON(out, rules)
			}
			var rows [][]string
			for _, r := range rules {
				rows = append(rows, []string{r.ID, string(r.Enforcement), r.Title})
			}
			for _, r := range program {
				rows = append(rows, []string{r.ID, "always", r.Title})
			}
			output.Table(out, rows)
			return nil
		}
		for _, r := range rules {
			switch {
			case r.ID != args[0]:
			case *format == "json":
				return output.JSON(out, r)
			default:
				return output.Rule(out, r)
			}
		}
		for _, r := range program {
			switch {
			case r.ID != args[0]:
			case *format == "json":
				return output.JSON(out, r)
			default:
				return output.ProgramRule(out, r)
			}
		}
		return noRule(args[0], knownRuleIDs(rules))
	}
	return cmd
}

// knownRuleIDs are those of some rules and of the program's own.
func knownRuleIDs(rules []rego.Rule) []string {
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	for _, r := range programRules() {
		ids = append(ids, r.ID)
	}
	return ids
}

// noRule says that there is no such rule, and which was probably meant.
func noRule(word string, ids []string) error {
	if meant := guess.Closest(word, ids); meant != "" {
		return exit.Usagef("there is no rule %q; did you mean %s?", word, meant)
	}
	return exit.Usagef("there is no rule %q; `levee explain` lists them", word)
}

// explainAll writes the pages of all rules.
func explainAll(out io.Writer, dir string, args []string, rules []rego.Rule, program []catalog.ProgramRule) error {
	if dir == "" || len(args) > 0 {
		return exit.Usagef("--all takes a folder, and no rule beside it: `levee explain --all docs/rules`")
	}
	if err := output.RulePages(dir, rules, program); err != nil {
		return err
	}
	fmt.Fprintf(out, "wrote %d pages to %s, which %s lists\n", len(rules)+len(program), dir, filepath.Join(dir, "README.md"))
	return nil
}

// programRules lists the rules of the program itself, by id. Each package keeps those
// that it reports.
func programRules() []catalog.ProgramRule {
	all := slices.Concat(catalog.ProgramRules, policies.ProgramRules, reconciler.ProgramRules)
	slices.SortFunc(all, func(a, b catalog.ProgramRule) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// rulesOf lists the rules of a catalog, or of the library alone where the folder
// holds no catalog.
func rulesOf(cmd *cobra.Command, dir string) ([]rego.Rule, error) {
	engine, err := system.Engine()
	if err != nil {
		return nil, err
	}
	snapshot, err := catalogs.OpenFolder(cmd.Context(), dir)
	if err != nil {
		return nil, err
	}
	return listedRules(cmd.Context(), engine, snapshot)
}

// listedRules are those of a catalog as it proposes them, or those of the library alone where
// its own cannot be read.
func listedRules(ctx context.Context, engine *policies.Engine, snapshot *catalog.Snapshot) ([]rego.Rule, error) {
	trial, err := engine.Try(ctx, snapshot) // nobody may have agreed to its rules yet
	if err != nil {
		return nil, err
	}
	defer trial.Close()
	if rules := trial.Listed(); rules != nil {
		return rules, nil
	}
	return engine.Library()
}
