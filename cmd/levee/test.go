package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/policies/rego"
)

func testCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [DIR]",
		Short: "Compile a catalog's own rules and run their tests",
		Args:  cobra.MaximumNArgs(1),
	}
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dir := "."
		if len(args) == 1 {
			dir = args[0]
		}
		engine, err := system.Engine()
		if err != nil {
			return err
		}
		snapshot, err := catalogs.OpenFolder(cmd.Context(), dir)
		if err != nil {
			return err
		}
		trial, err := engine.Try(cmd.Context(), snapshot) // nobody may have agreed to these rules yet
		if err != nil {
			return err
		}
		defer trial.Close()
		problems := trial.Problems()
		if snapshot.Settings() == nil {
			return fmt.Errorf("%s has no valid catalog.yaml; `levee check` says what is wrong", dir)
		}
		out := cmd.OutOrStdout()
		if *format == "json" {
			if problems == nil {
				problems = []catalog.Problem{}
			}
			if err := output.JSON(out, map[string]any{"tests": trial.Tests(), "problems": problems}); err != nil {
				return err
			}
		} else {
			for _, p := range problems {
				fmt.Fprintf(out, "%s:%d:%d %s\n", safetext.Shown(p.Path, false), p.Line, p.Column, p.Message)
			}
			fmt.Fprintf(out, "%s of the catalog's own, %s, %s\n", output.Plural(own(trial.Listed()), "rule"), output.Plural(len(trial.Tests()), "test"), output.Plural(len(problems), "problem"))
		}
		if len(problems) > 0 {
			return exit.No("")
		}
		return nil
	}
	return cmd
}

func own(rules []rego.Rule) int {
	n := 0
	for _, r := range rules {
		if r.Own {
			n++
		}
	}
	return n
}
