package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func thawCommand(std stdio) *cobra.Command {
	var reason, environment string
	var who actor
	cmd := &cobra.Command{
		Use: "thaw APP", Short: "Let content into an environment during a freeze, on the record", Args: cobra.ExactArgs(1),
		Long: "Breaks the glass: what is approved and soaks enters a later environment although a freeze of it holds.\nIt is for the newest content of the app alone, soaks first, and has to be allowed by the rules then.",
	}
	name := configFlag(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	cmd.Flags().StringVar(&environment, "environment", "", "the environment, where several are frozen")
	who.flags(cmd)
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if reason == "" {
			return usagef("--reason is needed")
		}
		s, by, err := who.open(cmd.Context(), *name, std, acting)
		if err != nil {
			return err
		}
		defer s.close()
		done, err := s.rec.Thaw.Thaw(cmd.Context(), args[0], environment, reason, by)
		if err != nil {
			return err
		}
		if *format == "json" {
			return writeJSON(std.out, done)
		}
		fmt.Fprintf(std.out, "%s: %s %s may enter during the freeze %s\nrecorded; the daemon lets it in once it has soaked\n", done.Environment, done.App, done.Digest.Short(), done.Freeze)
		return nil
	}
	return cmd
}
