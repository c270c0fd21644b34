package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/cmd/levee/internal/upgrade"
	"github.com/levee-gitops/levee/policies"
)

func upgradeCommand(std terminal.IO) *cobra.Command {
	var dir, major string
	var dry bool
	cmd := &cobra.Command{
		Use:   "upgrade APP",
		Short: "Move an app to another version of its blueprint",
		Long: `Upgrade brings an app in the folder of a catalog from the version of its blueprint that
it has to the newest, or to the one that --to names.

In the app's file it changes the blueprint, and raises the version; all else stays as it
was written. Of the files that the blueprint's scaffold had in the old version and has in
the new one, those that nobody touched since become the new ones, and in those that the
author changed both changes are merged by the line, as git does. Where both changed the
same lines, both stand there between marks, <<<<<<< and >>>>>>>, and somebody chooses. Files
of the author's own stay.

Then the app is judged as a change of what the catalog had. A file that a catalog could
not read is not written. Git has what was there before: commit first.

The exit code is 1 where files have conflicts, or the app is denied as it stands.`,
		Example: "  levee upgrade room-finder --dry-run\n  levee upgrade room-finder --to 3",
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().StringVar(&dir, "catalog", ".", "folder of the catalog")
	cmd.Flags().StringVar(&major, "to", "", "major version of the blueprint; the newest that is not obsolete if left out")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what would become of which file, and how the app would be judged")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		asked, closeFiles, err := catalogs.Open(cmd.Context(), dir, catalogs.Revisions{})
		if err != nil {
			return err
		}
		defer closeFiles()
		doc, err := catalogs.ValidApp(asked.Proposed, dir, args[0])
		if err != nil {
			return err
		}
		plan, ok, err := upgrade.New(cmd.Context(), asked.Files, asked.Proposed, doc, major)
		if err != nil {
			return err
		}
		if !ok {
			fmt.Fprintf(std.Out, "%s has %s already.\n", args[0], plan.To)
			return nil
		}
		asked.Base = asked.Proposed // so that it is judged as a change of that
		report, err := judgedWith(cmd.Context(), std, asked, plan.Changes(), doc.Path)
		if err != nil {
			return err
		}
		wrong := report.Summary[policies.Invalid] > 0
		if !dry && !wrong {
			if err := plan.Write(dir); err != nil {
				return err
			}
		}
		fmt.Fprintf(std.Out, "%s: from %s to %s\n", args[0], plan.From, plan.To)
		for _, f := range plan.Files {
			why := ""
			if f.Why != "" {
				why = ": " + f.Why
			}
			fmt.Fprintf(std.Out, "%-8s  %s%s\n", f.Outcome, safetext.Shown(f.Path, false), why)
		}
		fmt.Fprintln(std.Out)
		if err := output.Report(std.Out, report); err != nil {
			return err
		}
		switch n := plan.Conflicts(); {
		case wrong:
			return exit.No("nothing was written: the catalog could not read the app's file")
		case n > 0 && dry:
			return exit.No(output.Plural(n, "file") + " would have lines to choose between")
		case n > 0:
			return exit.No(output.Plural(n, "file") + " with lines to choose between: look for <<<<<<<")
		}
		return reportExit(report, false)
	}
	return cmd
}
