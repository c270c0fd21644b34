package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/memory"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
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
Folders beside those of the catalog, such as .github, are compared only with
--rev: on disk they hold what nobody commits.

Exit codes: 0 fine, 1 the catalog says no, 2 usage, 3 could not tell.`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVar(&rev, "rev", "", "revision to check: a branch, tag or commit")
	cmd.Flags().StringVar(&base, "base", "", "revision that counts as admitted")
	cmd.Flags().BoolVar(&requireApproval, "require-approval", false, "say no also where an approval is missing")
	format := output.Flag(cmd, "table", "json")
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
		if *format == "json" {
			err = output.JSON(std.Out, report)
		} else {
			err = output.Report(std.Out, report)
		}
		if err != nil {
			return err
		}
		return reportExit(report, requireApproval)
	}
	return cmd
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
