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

func rollbackCommand(std terminal.IO) *cobra.Command {
	var reason, to string
	var who system.Actor
	cmd := &cobra.Command{
		Use:   "rollback APP",
		Short: "Go back to content that was admitted before",
		Args:  cobra.ExactArgs(1),
	}
	name := config.Flag(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	who.Flags(cmd)
	cmd.Flags().StringVar(&to, "to", "", "digest to go back to, or its beginning; the last that differs by default")
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
		done, err := s.Rec.Rollback.Back(cmd.Context(), args[0], to, reason, by)
		if *format == "json" {
			if jsonErr := output.JSON(std.Out, done); jsonErr != nil {
				return jsonErr
			}
			return err
		}
		if err != nil {
			for _, p := range done.Decision.Problems {
				fmt.Fprintf(std.Out, "%s\n  %s\n", p.Message, p.Remedy)
			}
			return err
		}
		for _, env := range done.Environments {
			fmt.Fprintf(std.Out, "%s: %s back to %s\n", env, done.From.Short(), done.To.Short())
		}
		fmt.Fprintln(std.Out, "recorded; the daemon applies it with its next pass")
		return nil
	}
	return cmd
}
