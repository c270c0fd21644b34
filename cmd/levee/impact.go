package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/memory"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/check"
)

func impactCommand(std terminal.IO) *cobra.Command {
	var of catalogs.Revisions
	cmd := &cobra.Command{
		Use:   "impact [DIR|URL] --base REVISION",
		Short: "Say which apps a change would have judged otherwise",
		Long: `Impact compares two revisions of a catalog, each judged by its own rules and
settings, and says of which apps the verdict changes, which rules begin or cease to
say something of them, and which approvals are newly asked for or no longer. It is for
changes of governance (a rule, settings, roles, a vendor, a blueprint) as for changes
of apps. Only apps that what changed may bear on are judged.

Without --head, the files of DIR are compared as they lie, committed or not. What an
app is asked at the base counts as given; new content of an app is judged as if it
were published. Rules of the head are tried in a process of their own.

Exit codes: 0 no app is stopped by it, 1 an app is denied or invalid that was not, or
governance of the head is wrong, 2 usage, 3 could not tell.`,
		Example: "  levee impact --base origin/main\n  levee impact https://git.example.com/catalog.git --base main --head stricter-egress -o json",
		Args:    cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVar(&of.Base, "base", "", "revision as things stand: a branch, tag or commit")
	cmd.Flags().StringVar(&of.Proposed, "head", "", "revision with the change; by default the files as they lie")
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		defer memory.CollectLater()()
		where := "."
		if len(args) == 1 {
			where = args[0]
		}
		if of.Base == "" {
			return exit.Usagef("say with --base what the change is compared with, such as --base origin/main")
		}
		asked, closeFiles, err := catalogs.Open(cmd.Context(), where, of)
		if err != nil {
			return err
		}
		defer closeFiles()
		engine, err := system.Engine()
		if err != nil {
			return err
		}
		asked.Now = std.Now()
		report, err := checker(engine, std).Impact(cmd.Context(), asked, soFar(std, "judged", "apps"))
		if err != nil {
			return err
		}
		if *format == "json" {
			err = output.JSON(std.Out, report)
		} else {
			err = output.Impact(std.Out, report)
		}
		if err != nil {
			return err
		}
		return impactExit(report)
	}
	return cmd
}

// impactExit turns an impact into an exit code: "could not tell" outranks "no".
func impactExit(r check.Impact) error {
	switch untold := r.NewlyUntold(); {
	case untold > 0:
		return fmt.Errorf("%s would not be judged any more", output.Plural(untold, "app"))
	case r.NewlyDenied() > 0 || len(r.Problems) > 0:
		return exit.No("")
	}
	return nil
}
