package output

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// Flag adds -o with the given formats, the first being the default.
func Flag(cmd *cobra.Command, formats ...string) *string {
	format := cmd.Flags().StringP("output", "o", formats[0], "output format: "+strings.Join(formats, "|"))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	check := cmd.PreRunE
	cmd.PreRunE = func(c *cobra.Command, args []string) error {
		if !slices.Contains(formats, *format) {
			return exit.Usagef("-o %s is not an output format of %s; choose %s", *format, c.CommandPath(), strings.Join(formats, ", "))
		}
		if check != nil {
			return check(c, args)
		}
		return nil
	}
	return format
}

// Choice adds a flag that takes one of some words, the first being the default.
func Choice(cmd *cobra.Command, name, usage string, words ...string) *string {
	word := cmd.Flags().String(name, words[0], usage+": "+strings.Join(words, "|"))
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	check := cmd.PreRunE
	cmd.PreRunE = func(c *cobra.Command, args []string) error {
		if !slices.Contains(words, *word) {
			return exit.Usagef("--%s is %q; choose one of %s", name, *word, strings.Join(words, ", "))
		}
		if check != nil {
			return check(c, args)
		}
		return nil
	}
	return word
}
