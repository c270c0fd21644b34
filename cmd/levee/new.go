package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/overlay"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/keys"
	"github.com/levee-gitops/levee/cmd/levee/internal/newapp"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
)

func newCommand(std terminal.IO) *cobra.Command {
	var a newapp.Answers
	var dir string
	var dry bool
	cmd := &cobra.Command{
		Use:   "new APP",
		Short: "Begin an app from a blueprint",
		Long: `New writes the file of a new app into the folder of a catalog, at
apps/<team>/<app>/app.yaml, and what the scaffold of its blueprint has beside it. Nothing
that is there is written over.

The app is a prototype of today, with the length of life that the catalog gives these.
What no flag says is suggested by the catalog: the blueprint, where there is one; the owner,
by the e-mail address in Git's configuration; the team that the owner belongs to; the cost
centre and the groups of users, where all apps of the team have the same. Where it suggests nothing, the flag is asked for.

Then the app is judged as levee check does, and what is still to be answered is told. A file
that a catalog could not read is not written.

The exit code is 1 where the app is denied as it stands.`,
		Example: "  levee new room-finder --blueprint static-page --group everyone\n  levee new room-finder --blueprint static-page@1 --owner ana --team operations --dry-run",
		Args:    cobra.ExactArgs(1),
	}
	f := cmd.Flags()
	f.StringVar(&dir, "catalog", ".", "folder of the catalog")
	f.StringVar(&a.Blueprint, "blueprint", "", "blueprint that the app is built from, NAME or NAME@MAJOR")
	f.StringVar(&a.Title, "title", "", "what people call the app")
	f.StringVar(&a.Description, "description", "", "what the app is for")
	f.StringVar(&a.Owner, "owner", "", "person who answers for the app, by id in roles.yaml")
	f.StringVar(&a.Team, "team", "", "team that the app belongs to, by id in roles.yaml")
	f.StringVar(&a.Fallback, "fallback", "", "person who takes over when the owner is gone")
	f.StringVar(&a.Classification, "classification", "", "most sensitive data that the app can show or touch")
	f.StringVar(&a.Type, "type", "", "runtime type; the first of the blueprint if left out")
	f.StringVar(&a.Image, "image", "", "image of a container")
	f.StringVar(&a.CostCenter, "cost-center", "", "who pays")
	f.StringVar(&a.Budget, "monthly", "", "what the app may cost in a month")
	f.StringSliceVar(&a.Groups, "group", nil, "group whose members may use the app; may be repeated")
	f.BoolVar(&dry, "dry-run", false, "only show what would be written, and how it would be judged")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		a.Name = args[0]
		asked, closeFiles, err := catalogs.Open(cmd.Context(), dir, catalogs.Revisions{})
		if err != nil {
			return err
		}
		defer closeFiles()
		settings := asked.Proposed.Settings()
		if settings == nil {
			return fmt.Errorf("%s has no valid catalog.yaml; `levee check` says what is wrong", dir)
		}
		if err := a.Complete(asked.Proposed, keys.FromGit("user.email")); err != nil {
			return err
		}
		asked.Now = std.Now()
		files, err := a.Files(cmd.Context(), asked.Files, settings, asked.Now)
		if err != nil {
			return err
		}
		manifest := a.Manifest()
		asked.Files = overlay.New(asked.Files, files)
		if asked.Proposed, err = catalog.Load(cmd.Context(), asked.Files, "", catalog.Empty()); err != nil {
			return err
		}
		asked.Only.Files = []string{manifest}
		engine, err := system.Engine()
		if err != nil {
			return err
		}
		report, err := checker(engine, std).Catalog(cmd.Context(), asked)
		if err != nil {
			return err
		}
		wrong := slices.ContainsFunc(report.Results, func(r check.Result) bool { return r.Path == manifest && r.Verdict == policies.Invalid })
		verb := "wrote  "
		if dry || wrong {
			verb = "with   "
			fmt.Fprintf(std.Out, "# %s\n%s\n", manifest, files[manifest])
		} else if err := newapp.Write(dir, files); err != nil {
			return err
		}
		for _, p := range slices.Sorted(maps.Keys(files)) {
			if p != manifest || verb == "wrote  " {
				fmt.Fprintln(std.Out, verb+p)
			}
		}
		fmt.Fprintln(std.Out)
		if err := output.Report(std.Out, report); err != nil {
			return err
		}
		if wrong {
			return exit.No("nothing was written: the catalog could not read the file")
		}
		return reportExit(report, false)
	}
	return cmd
}
