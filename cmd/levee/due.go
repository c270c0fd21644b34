package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

func dueCommand(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "due",
		Short: "Say what the scheduled reviews would do, to which app, and when",
		Long: `Due plays the scheduled reviews forward as if nobody did anything from now on: who
is told, which app is due, which is taken down. It does nothing itself.`,
		Args: cobra.NoArgs,
	}
	name := configFlag(cmd)
	format := outputFlag(cmd, "table", "json")
	at := cmd.Flags().String("now", "", "begin at this moment instead of now: 2026-12-24 or 2026-12-24T09:00:00Z")
	horizon := cmd.Flags().String("horizon", "90d", "how far to look ahead")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		span, err := scalar.ParseDuration(*horizon)
		if err != nil {
			return usagef("--horizon: %w", err)
		}
		now, err := momentOf(*at, std.now())
		if err != nil {
			return err
		}
		s, err := openSystem(cmd.Context(), *name, std, reading)
		if err != nil {
			return err
		}
		defer s.close()
		events, err := s.rec.Status.Due(cmd.Context(), now, span.Std())
		if err != nil {
			return err
		}
		if *format == "json" {
			return writeJSON(std.out, map[string]any{"from": now.UTC(), "until": now.Add(span.Std()).UTC(), "told": s.rec.Sender != nil, "events": events})
		}
		writeEvents(std.out, events, span)
		if s.rec.Sender == nil {
			fmt.Fprintln(std.out, "\nThe configuration names no sender of notices, so nobody is told, and nothing is taken down.")
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
	return time.Time{}, usagef("--now is %q; write it as in 2026-12-24 or 2026-12-24T09:00:00Z", text)
}

// writeEvents is one line for each thing that happens.
func writeEvents(w io.Writer, events []lifecycle.Event, span catalog.Duration) {
	if len(events) == 0 {
		fmt.Fprintf(w, "nothing is due within %s\n", span)
		return
	}
	rows := [][]string{{"WHEN", "APP", "WHAT", "WHO", "WHY"}}
	for _, e := range events {
		rows = append(rows, []string{e.At.Format("2006-01-02 15:04"), e.App, e.What, e.Who, e.Why})
	}
	writeTable(w, rows)
}
