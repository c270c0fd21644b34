package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/intake"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
)

func convertCommand() *cobra.Command {
	var to string
	var dry bool
	cmd := &cobra.Command{
		Use:   "convert FILE...",
		Short: "Take in manifests, sheets and rules of other programs",
		Long: `Convert turns what people already have into files of a catalog: manifests of small apps,
catalog-info.yaml of Backstage, descriptors of templates, lists of allowed third parties, and
sheets of access, gates, secrets, review and monitoring. A file is known by what is in it,
and a folder is searched for such files.

Rules in Rego become rules of a catalog, one a file: those of conftest and Gatekeeper, and
others with deny, violation, warn or allow, also in the syntax before version 1. Give the
files that they use with them, and the constraints that have their parameters. A rule that
would not be in force is not written, and the answer says why.

The documents are written on standard output, and what became of each value on standard
error: what was taken, what every catalog asks anyway, what has no home and what to do
about it, and what is to be filled in, which stands as a comment where it belongs. Nothing
is dropped, and nothing is made up.

With --to the documents are written into the folder of a catalog, at their places, and never
over a file that is there. With --dry-run a table says of each file what would become of it,
and nothing is written.

The exit code is 1 where something could not be taken in or is to be filled in.`,
		Example: "  levee convert microapp.yaml\n  levee convert --dry-run ../apps\n  levee convert ../apps --to my-catalog\n  levee convert policy/ --to my-catalog",
		Args:    cobra.MinimumNArgs(1),
	}
	cmd.Flags().StringVar(&to, "to", "", "folder of the catalog that the documents are written into")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say in a table what would become of each file")
	format := output.Flag(cmd, "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		given, err := intake.Read(args)
		if err != nil {
			return err
		}
		converted := output.Converted{Report: intake.Convert(given), Kept: []*convert.Document{}}
		if intake.HasRules(converted.Report) {
			engine, err := system.Engine()
			if err != nil {
				return err
			}
			if err := intake.Prove(cmd.Context(), engine, to, &converted.Report); err != nil {
				return err
			}
		}
		converted.Others = intake.Others(given, &converted.Report)
		if to != "" && !dry {
			if converted.Kept, err = intake.Write(to, converted.Documents); err != nil {
				return err
			}
		}
		out, errs := cmd.OutOrStdout(), cmd.ErrOrStderr()
		switch {
		case *format == "json":
			err = output.JSON(out, converted)
		case dry:
			err = output.ConvertedTable(out, converted)
		case to != "":
			err = output.Conversion(out, errs, converted, converted.Kept, to)
		default:
			err = output.Conversion(out, errs, converted, converted.Documents, "")
		}
		if err != nil {
			return fmt.Errorf("write what was converted: %w", err)
		}
		if !converted.Fine() || len(converted.Kept) > 0 {
			return exit.No("")
		}
		return nil
	}
	return cmd
}
