package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// drillCommand tries the kill switch of an app. It needs a daemon beside it, which brings the
// app back.
func drillCommand(std terminal.IO) *cobra.Command {
	var who system.Actor
	var yes bool
	var within time.Duration
	cmd := &cobra.Command{
		Use: "drill APP", Short: "Prove that an app can be contained: cut it, see it cut, and see it come back", Args: cobra.ExactArgs(1),
		Long: "Contains an app in every environment, looks until it is cut there, releases it, and waits until the daemon\nhas brought it back. How long each took is recorded. The app is down meanwhile.",
	}
	name := config.Flag(cmd)
	who.Flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask before the app is taken down")
	cmd.Flags().DurationVar(&within, "within", 10*time.Minute, "how long to wait until the app is back")
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, by, err := who.Open(cmd.Context(), *name, std, kinds, system.Drilling)
		if err != nil {
			return err
		}
		defer s.Close()
		if !yes {
			if !std.Terminal {
				return exit.Usagef("a drill takes %s down for a while; say --yes to have it so", args[0])
			}
			agreed, err := std.Ask(fmt.Sprintf("Take %s down in every environment for a while? [y/N] ", args[0]))
			if err != nil {
				return err
			}
			if !agreed {
				return exit.No("nothing was done")
			}
		}
		say := func(step string) { fmt.Fprintln(std.Out, step) }
		if *format == "json" {
			say = func(step string) { fmt.Fprintln(std.Err, step) }
		}
		done, err := s.Rec.Contain.Drill(cmd.Context(), args[0], by, within, say)
		if *format == "json" && len(done.Environments) > 0 {
			if err := output.JSON(std.Out, done); err != nil {
				return err
			}
		}
		return err
	}
	return cmd
}
