package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

func dueCommand(std terminal.IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "due",
		Short: "Say what the scheduled reviews would do, to which app, and when",
		Long: `Due plays the scheduled reviews forward as if nobody did anything from now on: who
is told, which app is due, which is taken down. It does nothing itself.`,
		Args: cobra.NoArgs,
	}
	name := config.Flag(cmd)
	format := output.Flag(cmd, "table", "json")
	at := cmd.Flags().String("now", "", "begin at this moment instead of now: 2026-12-24 or 2026-12-24T09:00:00Z")
	horizon := cmd.Flags().String("horizon", "90d", "how far to look ahead")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		span, err := scalar.ParseDuration(*horizon)
		if err != nil {
			return exit.Usagef("--horizon: %w", err)
		}
		now, err := momentOf(*at, std.Now())
		if err != nil {
			return err
		}
		s, err := system.Open(cmd.Context(), *name, std, kinds, system.Reading)
		if err != nil {
			return err
		}
		defer s.Close()
		events, err := s.Rec.Status.Due(cmd.Context(), now, span.Std())
		if err != nil {
			return err
		}
		if *format == "json" {
			return output.JSON(std.Out, map[string]any{"from": now.UTC(), "until": now.Add(span.Std()).UTC(), "told": s.Rec.Sender != nil, "events": events})
		}
		output.Events(std.Out, events, span)
		if s.Rec.Sender == nil {
			fmt.Fprintln(std.Out, "\nThe configuration names no sender of notices, so nobody is told, and nothing is taken down.")
		}
		return nil
	}
	return cmd
}

// momentOf reads a moment of the command line: a day begins at midnight, UTC.
func momentOf(text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, exit.Usagef("--now is %q; write it as in 2026-12-24 or 2026-12-24T09:00:00Z", text)
}
