package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/policies/rego"
)

func schemaCommand() *cobra.Command {
	var kinds []string
	for _, k := range catalog.Kinds {
		kinds = append(kinds, string(k))
	}
	kinds = append(kinds, "input")
	var dir string
	cmd := &cobra.Command{
		Use:   "schema [KIND]",
		Short: "Print the JSON Schema of a kind of file",
		Long: `Schema prints the JSON Schema of a kind, for editors: ` + strings.Join(kinds[:len(kinds)-1], ", ") + `.
"input" is the schema of what rules see. Without a kind, all are printed in one
object. --all writes a file for each into a folder, as ` + "`levee init`" + ` does into
schemas/; do so again after an upgrade.`,
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: kinds,
	}
	cmd.Flags().StringVar(&dir, "all", "", "write the schema of each kind into this folder, over files that are there")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		out, all := cmd.OutOrStdout(), schemas()
		switch {
		case cmd.Flags().Changed("all") && (dir == "" || len(args) > 0):
			return exit.Usagef("--all takes a folder, and no kind beside it: `levee schema --all schemas`")
		case dir != "":
			if err := output.Schemas(dir, all); err != nil {
				return err
			}
			fmt.Fprintf(out, "wrote %d schemas to %s\n", len(all), dir)
			return nil
		case len(args) == 0:
			return output.JSON(out, all)
		}
		for name, schema := range all {
			if strings.EqualFold(name, args[0]) {
				return output.JSON(out, schema)
			}
		}
		return exit.Usagef("%q is no kind; choose one of %s", args[0], strings.Join(kinds, ", "))
	}
	return cmd
}

// schemas are those of the kinds, and of what rules see, by name.
func schemas() map[string]any {
	all := map[string]any{"input": rego.InputSchema()}
	for _, k := range catalog.Kinds {
		all[string(k)] = catalog.Schema(k)
	}
	return all
}
