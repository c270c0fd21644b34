package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/policies"
)

func explainCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "explain [RULE]",
		Short: "Say what a rule asks and why; without a rule, list them all",
		Args:  cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVarP(&dir, "catalog", "C", ".", "catalog whose own rules and settings count")
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		rules, err := rulesOf(cmd, dir)
		if err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		if len(args) == 0 {
			if *format == "json" {
				return writeJSON(out, rules)
			}
			for _, r := range rules {
				fmt.Fprintf(out, "%-28s %-7s %s\n", r.ID, r.Enforcement, r.Title)
			}
			return nil
		}
		for _, r := range rules {
			if r.ID != args[0] {
				continue
			}
			if *format == "json" {
				return writeJSON(out, r)
			}
			fmt.Fprintf(out, "%s — %s\n\n%s\n\n", r.ID, r.Title, r.Description)
			fmt.Fprintf(out, "What to do:  %s\n", cmp.Or(r.Remedy, "see the message of the problem"))
			fmt.Fprintf(out, "Enforcement: %s", r.Enforcement)
			if r.Effective != "" {
				fmt.Fprintf(out, ", from %s", r.Effective)
			}
			fmt.Fprintf(out, "\nRunning apps: ")
			if r.Contain {
				fmt.Fprintf(out, "contained at once\n")
			} else {
				fmt.Fprintf(out, "%s of grace\n", r.Grace)
			}
			if len(r.Controls) > 0 {
				fmt.Fprintf(out, "Controls:    %s\n", strings.Join(r.Controls, ", "))
			}
			return nil
		}
		return usagef("there is no rule %q; `levee explain` lists them", args[0])
	}
	return cmd
}

// rulesOf lists the rules of a catalog, or of the library alone where the folder
// holds no catalog.
func rulesOf(cmd *cobra.Command, dir string) ([]policies.Rule, error) {
	engine, err := engine()
	if err != nil {
		return nil, err
	}
	snapshot, err := openFolder(cmd.Context(), dir)
	if err != nil {
		return nil, err
	}
	set, _, err := engine.Rules(cmd.Context(), snapshot)
	if err != nil {
		return nil, err
	}
	if set == nil {
		return engine.Library()
	}
	return set.Rules(), nil
}
