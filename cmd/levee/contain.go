package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/contain"
)

func quarantineCommand(std terminal.IO) *cobra.Command {
	return containCommand(std, "quarantine APP...", "Contain apps at once, in every environment", (*contain.Container).Quarantine)
}

func throttleCommand(std terminal.IO) *cobra.Command {
	return containCommand(std, "throttle APP...", "Have apps that cost too much run on with less, in every environment", (*contain.Container).Throttle)
}

func releaseCommand(std terminal.IO) *cobra.Command {
	return containCommand(std, "release APP...", "Bring back apps that were contained, or taken down when their time was over; end the throttle of others", (*contain.Container).Release)
}

func containCommand(std terminal.IO, use, short string, do func(*contain.Container, context.Context, string, string, string) (contain.Contained, error)) *cobra.Command {
	var reason string
	var who system.Actor
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.MinimumNArgs(1)}
	name := config.Flag(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	who.Flags(cmd)
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if reason == "" {
			return exit.Usagef("--reason is needed")
		}
		s, by, err := who.Open(cmd.Context(), *name, std, kinds, system.Containing)
		if err != nil {
			return err
		}
		defer s.Close()
		done, failed := []contain.Contained{}, error(nil)
		for _, app := range args {
			one, err := do(s.Rec.Contain, cmd.Context(), app, reason, by)
			done, failed = append(done, one), errors.Join(failed, err)
		}
		if *format == "json" {
			return errors.Join(output.JSON(std.Out, done), failed)
		}
		word := map[string]string{"quarantine": "contained", "throttle": "throttled", "release": "released"}[cmd.Name()]
		for _, one := range done {
			output.Contained(std.Out, one, word)
		}
		return failed
	}
	return cmd
}
