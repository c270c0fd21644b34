package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/memory"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
	"github.com/levee-gitops/levee/reconciler/check/formats"
)

func checkCommand(std terminal.IO) *cobra.Command {
	var rev, base string
	var requireApproval bool
	cmd := &cobra.Command{
		Use:   "check [DIR|URL]",
		Short: "Judge a catalog and say what to mend",
		Long: `Check judges every app of a catalog and says, for each problem, what to do.

Without --rev, the files of DIR are read as they lie, committed or not. With
--rev, DIR or URL is a Git repository and the catalog is read at that revision.
With --base, what stands there counts as admitted, its rules judge, and only what
may have changed since is reported. Every file looked at is scanned for secrets.

With -o the report is for people (table) or for programs: json is all of it, sarif
is for code scanning, junit for test reports, github makes annotations of a
workflow, and gitlab is a code quality report.
Folders beside those of the catalog, such as .github, are compared only with
--rev: on disk they hold what nobody commits.

Exit codes: 0 fine, 1 the catalog says no, 2 usage, 3 could not tell.`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVar(&rev, "rev", "", "revision to check: a branch, tag or commit")
	cmd.Flags().StringVar(&base, "base", "", "revision that counts as admitted")
	cmd.Flags().BoolVar(&requireApproval, "require-approval", false, "say no also where an approval is missing")
	format := output.Flag(cmd, append([]string{"table", "json"}, formats.Names...)...)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		defer memory.CollectLater()()
		where := "."
		if len(args) == 1 {
			where = args[0]
		}
		asked, closeFiles, err := catalogs.Open(cmd.Context(), where, rev, base)
		if err != nil {
			return err
		}
		defer closeFiles()
		engine, err := system.Engine()
		if err != nil {
			return err
		}
		asked.Now = std.Now()
		report, err := check.Checker{Engine: engine, Kinds: kinds.Rendering(std.Log()), Secrets: secretscan.New()}.Catalog(cmd.Context(), asked)
		if err != nil {
			return err
		}
		switch *format {
		case "table":
			err = output.Report(std.Out, report)
		case "json":
			err = output.JSON(std.Out, report)
		default:
			var rules []formats.Rule
			if *format == "sarif" { // the one format that describes them
				rules, err = describedRules(cmd.Context(), engine, asked.Proposed)
			}
			if err == nil {
				err = formats.Write(std.Out, *format, system.Release(), report, rules)
			}
		}
		if err != nil {
			return err
		}
		return reportExit(report, requireApproval)
	}
	return cmd
}

// describedRules are all rules that a report on a catalog may name, for other programs to show.
func describedRules(ctx context.Context, engine *policies.Engine, snapshot *catalog.Snapshot) ([]formats.Rule, error) {
	listed, err := listedRules(ctx, engine, snapshot)
	if err != nil {
		return nil, err
	}
	var rules []formats.Rule
	for _, r := range listed {
		rules = append(rules, formats.Rule{ID: r.ID, Title: r.Title, Description: r.Description, Remedy: r.Remedy, Controls: r.Controls})
	}
	for _, r := range programRules() {
		rules = append(rules, formats.Rule{ID: r.ID, Title: r.Title, Description: r.Description})
	}
	return rules, nil
}

// reportExit turns a report into an exit code: "could not tell" outranks "no".
func reportExit(r check.Report, requireApproval bool) error {
	count := func(v policies.Verdict) int { return r.Summary[v] + r.Others[v] }
	no := count(policies.Deny) + count(policies.Invalid)
	if requireApproval {
		no += count(policies.NeedsApproval)
	}
	switch {
	case count(policies.Error) > 0:
		return fmt.Errorf("%s could not be judged", output.Plural(count(policies.Error), "app"))
	case no > 0:
		return exit.No("")
	}
	return nil
}
