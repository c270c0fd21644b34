package main

import (
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/keys"
	"github.com/levee-gitops/levee/cmd/levee/internal/newapp"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
)

func newCommand(std terminal.IO) *cobra.Command {
	var a newapp.Answers
	var dir string
	var dry bool
	cmd := &cobra.Command{
		Use:   "new [APP]",
		Short: "Begin an app from a blueprint",
		Long: `New writes the file of a new app into the folder of a catalog, at
apps/<team>/<app>/app.yaml, and what the scaffold of its blueprint has beside it. Nothing
that is there is written over.

The app is a prototype of today, with the length of life that the catalog gives these.
On a terminal, where no flag says anything of the app, a form asks, with the same
suggestions; with ACCESSIBLE=1 in the environment one question after the other, a line each,
as screen readers need it. Else what no flag says is suggested by the catalog: the blueprint, where there is one; the owner,
by the e-mail address in Git's configuration; the team that the owner belongs to; the cost
centre and the groups of users, where all apps of the team have the same. Where it suggests nothing, the flag is asked for.

Then the app is judged as levee check does, and what is still to be answered is told. A file
that a catalog could not read is not written.

The exit code is 1 where the app is denied as it stands.`,
		Example: "  levee new\n  levee new room-finder --blueprint static-page --group everyone\n  levee new room-finder --blueprint static-page@1 --owner ana --team operations --dry-run",
		Args:    cobra.MaximumNArgs(1),
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
		form := formFor(cmd, std)
		switch {
		case len(args) == 1:
			a.Name = args[0]
		case form == nil:
			return exit.Usagef("say the name of the app: levee new APP; without one, and without flags that say something of the app, a form asks on a terminal")
		}
		asked, closeFiles, err := catalogs.Open(cmd.Context(), dir, catalogs.Revisions{})
		if err != nil {
			return err
		}
		defer closeFiles()
		settings := asked.Proposed.Settings()
		if settings == nil {
			return fmt.Errorf("%s has no valid catalog.yaml; `levee check` says what is wrong", dir)
		}
		email := keys.FromGit("user.email")
		if form != nil {
			if err := form.Ask(cmd.Context(), &a, asked.Proposed, email); err != nil {
				return err
			}
		}
		if err := a.Complete(asked.Proposed, email); err != nil {
			return err
		}
		files, err := a.Files(cmd.Context(), asked.Files, settings, std.Now())
		if err != nil {
			return err
		}
		manifest := a.Manifest()
		report, err := judgedWith(cmd.Context(), std, asked, files, manifest)
		if err != nil {
			return err
		}
		wrong := slices.ContainsFunc(report.Results, func(r check.Result) bool { return r.Path == manifest && r.Verdict == policies.Invalid })
		if form != nil && !dry && !wrong {
			yes, err := form.Agree(cmd.Context(), manifest, string(files[manifest]))
			if err != nil {
				return err
			}
			if !yes {
				return exit.No("nothing was written")
			}
		}
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

// formFor is the form that asks whoever sits at the terminal; nil where nobody does, or flags say something
// of the app: then nobody is asked.
func formFor(cmd *cobra.Command, std terminal.IO) *newapp.Form {
	said := false
	cmd.Flags().Visit(func(f *pflag.Flag) { said = said || f.Name != "catalog" && f.Name != "dry-run" })
	if said || !std.Terminal || std.Screen == nil {
		return nil
	}
	plain := os.Getenv("ACCESSIBLE") != "" || os.Getenv("TERM") == "dumb" || os.Getenv("TERM") == ""
	return &newapp.Form{In: std.In, Out: std.Screen, Plain: plain}
}
