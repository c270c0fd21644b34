package main

import (
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
	return &cobra.Command{
		Use:   "schema [KIND]",
		Short: "Print the JSON Schema of a kind of file",
		Long: `Schema prints the JSON Schema of a kind, for editors: ` + strings.Join(kinds[:len(kinds)-1], ", ") + `.
"input" is the schema of what rules see. Without a kind, all are printed in one
object.`,
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: kinds,
		RunE: func(cmd *cobra.Command, args []string) error {
			all := map[string]any{"input": rego.InputSchema()}
			for _, k := range catalog.Kinds {
				all[string(k)] = catalog.Schema(k)
			}
			if len(args) == 0 {
				return output.JSON(cmd.OutOrStdout(), all)
			}
			for name, schema := range all {
				if strings.EqualFold(name, args[0]) {
					return output.JSON(cmd.OutOrStdout(), schema)
				}
			}
			return exit.Usagef("%q is no kind; choose one of %s", args[0], strings.Join(kinds, ", "))
		},
	}
}
