package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func rollbackCommand(std stdio) *cobra.Command {
	var reason, to string
	var who actor
	cmd := &cobra.Command{
		Use:   "rollback APP",
		Short: "Go back to content that was admitted before",
		Args:  cobra.ExactArgs(1),
	}
	name := configFlag(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	who.flags(cmd)
	cmd.Flags().StringVar(&to, "to", "", "digest to go back to, or its beginning; the last that differs by default")
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
		done, err := s.rec.Rollback.Back(cmd.Context(), args[0], to, reason, by)
		if *format == "json" {
			if jsonErr := writeJSON(std.out, done); jsonErr != nil {
				return jsonErr
			}
			return err
		}
		if err != nil {
			for _, p := range done.Decision.Problems {
				fmt.Fprintf(std.out, "%s\n  %s\n", p.Message, p.Remedy)
			}
			return err
		}
		for _, env := range done.Environments {
			fmt.Fprintf(std.out, "%s: %s back to %s\n", env, done.From.Short(), done.To.Short())
		}
		fmt.Fprintln(std.out, "recorded; the daemon applies it with its next pass")
		return nil
	}
	return cmd
}
