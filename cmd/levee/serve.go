package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/memory"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler"
)

func serveCommand(std terminal.IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon",
		Long: `Serve watches the catalog: every change is judged and shown, what landed is
decided, what was admitted is applied, drift is corrected. It ends what it is doing
on an interrupt, and may be killed at any time.`,
		Args: cobra.NoArgs,
	}
	name := config.Flag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		defer memory.CollectSooner()()
		s, err := system.Open(cmd.Context(), *name, std, kinds, system.Serving)
		if err != nil {
			return err
		}
		defer s.Close()
		s.Log.Info("serving", "repository", s.Config.Repository, "branch", s.Config.Branch, "release", system.Release())
		err = s.Rec.Run(cmd.Context(), time.Duration(s.Config.Poll), reconciler.Addresses{Listen: s.Config.Listen, Metrics: s.Config.Metrics})
		if errors.Is(err, context.Canceled) {
			s.Log.Info("stopped")
			return nil
		}
		return err
	}
	return cmd
}

func reconcileCommand(std terminal.IO) *cobra.Command {
	var once bool
	cmd := &cobra.Command{
		Use:   "reconcile --once",
		Short: "Make one pass of the daemon's loops and say what it did",
		Args:  cobra.NoArgs,
	}
	name := config.Flag(cmd)
	cmd.Flags().BoolVar(&once, "once", false, "make one pass and end; `levee serve` goes on")
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !once {
			return exit.Usagef("say --once for one pass, or use `levee serve`")
		}
		defer memory.CollectSooner()()
		s, err := system.Open(cmd.Context(), *name, std, kinds, system.Acting)
		if err != nil {
			return err
		}
		defer s.Close()
		done, err := s.Rec.Once(cmd.Context())
		if *format == "json" {
			if jsonErr := output.JSON(std.Out, done); jsonErr != nil {
				return jsonErr
			}
		} else {
			output.Pass(std.Out, done)
		}
		switch failed := done.Applied.Failed(); {
		case err != nil:
			return err
		case done.Applied.Frozen != "":
			return fmt.Errorf("reconcile: %s: nothing new is admitted or applied", done.Applied.Halted())
		case failed > 0:
			return fmt.Errorf("reconcile: %s failed", output.Plural(failed, "effect"))
		}
		return nil
	}
	return cmd
}
