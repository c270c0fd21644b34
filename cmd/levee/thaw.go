package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

func thawCommand(std terminal.IO) *cobra.Command {
	var reason, environment string
	var who system.Actor
	cmd := &cobra.Command{
		Use: "thaw APP", Short: "Let content into an environment during a freeze, on the record", Args: cobra.ExactArgs(1),
		Long: "Breaks the glass: what is approved and soaks enters a later environment although a freeze of it holds.\nIt is for the newest content of the app alone, soaks first, and has to be allowed by the rules then.",
	}
	name := config.Flag(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	cmd.Flags().StringVar(&environment, "environment", "", "the environment, where several are frozen")
	who.Flags(cmd)
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if reason == "" {
			return exit.Usagef("--reason is needed")
		}
		s, by, err := who.Open(cmd.Context(), *name, std, kinds, system.Acting)
		if err != nil {
			return err
		}
		defer s.Close()
		done, err := s.Rec.Thaw.Thaw(cmd.Context(), args[0], environment, reason, by)
		if err != nil {
			return err
		}
		if *format == "json" {
			return output.JSON(std.Out, done)
		}
		fmt.Fprintf(std.Out, "%s: %s %s may enter during the freeze %s\nrecorded; the daemon lets it in once it has soaked\n", done.Environment, done.App, done.Digest.Short(), done.Freeze)
		return nil
	}
	return cmd
}
