package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/review"
)

func statusCommand(std terminal.IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status [APP|CHANGE]",
		Short: "Say where apps and changes stand",
		Args:  cobra.MaximumNArgs(1),
	}
	name := config.Flag(cmd)
	format := output.Flag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := system.Open(cmd.Context(), *name, std, kinds, system.Reading)
		if err != nil {
			return err
		}
		defer s.Close()
		view, err := s.Ledger.Refresh(cmd.Context())
		if err != nil {
			return err
		}
		if len(args) == 1 && !isApp(view, args[0]) {
			return statusOf(cmd.Context(), s, std, args[0], *format)
		}
		apps := []ledger.App{}
		for _, app := range append(view.Apps(), catalog.Governance, catalog.Strays) {
			state, known := view.App(app)
			if known && (len(args) == 0 || app == args[0] || app == catalog.Governance && args[0] == "governance") {
				apps = append(apps, state)
			}
		}
		if len(args) == 1 && len(apps) == 0 {
			return exit.Usagef("the ledger knows no app %q", args[0])
		}
		if *format == "json" {
			out := map[string]any{"ledger": view.Root(), "apps": apps, "frozen": nil}
			if view.Frozen != nil {
				out["frozen"] = view.Frozen
			}
			return output.JSON(std.Out, out)
		}
		if view.Frozen != nil {
			fmt.Fprintf(std.Out, "FROZEN: %s\n\n", view.Frozen.Error())
		}
		if s.Away != nil {
			fmt.Fprintf(std.Out, "UNREACHABLE: the repository cannot be asked, so this is what was known last (%v)\n\n", s.Away)
		}
		more, err := beyondLedger(cmd.Context(), s, args)
		if err != nil {
			fmt.Fprintf(std.Err, "levee: not all could be told: %v\n", err)
		}
		zone := zone(cmd.Context(), s, std)
		if len(args) == 0 {
			output.Apps(std.Out, apps, more, zone)
			return nil
		}
		for _, app := range apps {
			output.App(std.Out, app, more[app.Name], zone)
			if view.Frozen == nil && s.Away == nil && !strings.HasPrefix(app.Name, "@") {
				events, err := s.Rec.Status.Due(cmd.Context(), std.Now(), ahead, app.Name)
				if err != nil {
					return err
				}
				if s.Rec.Sender == nil {
					fmt.Fprintln(std.Out, "  nobody is told, because the configuration names no sender of notices; so it is not taken down")
					continue
				}
				output.Next(std.Out, events)
			}
		}
		return nil
	}
	return cmd
}

// beyondLedger is what there is to know of apps that the ledger does not say: that their
// files or their owners are gone, that a target contains them, and of one app where it goes on to.
// Targets are asked about one app, or where the repository cannot be.
func beyondLedger(ctx context.Context, s *system.System, args []string) (map[string][]string, error) {
	view, err := s.Ledger.Refresh(ctx)
	if err != nil {
		return nil, err
	}
	more := map[string][]string{}
	names := view.Apps()
	if len(args) == 1 {
		names = args
	}
	gone, failed := s.Rec.Status.Gone(ctx, names...)
	for name := range gone {
		more[name] = append(more[name], "its file is gone from the catalog's branch; what runs goes on")
	}
	left, err := s.Rec.Status.Leavers(ctx, names...)
	failed = errors.Join(failed, err)
	for name, reasons := range left {
		more[name] = append(more[name], reasons...)
	}
	if len(args) == 1 || s.Away != nil {
		marked, err := s.Rec.Status.Marked(ctx, args...)
		failed = errors.Join(failed, err)
		for name, said := range marked {
			more[name] = append(more[name], said...)
		}
	}
	if len(args) == 1 && view.Frozen == nil {
		onward, err := s.Rec.Status.Onward(ctx, args[0])
		failed = errors.Join(failed, err)
		more[args[0]] = append(more[args[0]], onward...)
		strategies, err := s.Rec.Status.Strategies(ctx, args[0])
		failed = errors.Join(failed, err)
		more[args[0]] = append(more[args[0]], strategies...)
	}
	return more, failed
}

// ahead is how far status looks for the next deadline.
const ahead = 400 * 24 * time.Hour

// isApp reports whether a word names what the ledger keeps a state of.
func isApp(view *chain.View, word string) bool {
	_, known := view.App(word)
	return known || word == "governance"
}

// statusOf says how an open change stands, or what became of one. While the repository
// cannot be asked it says what was recorded last.
func statusOf(ctx context.Context, s *system.System, std terminal.IO, id, format string) error {
	preview, err := s.Rec.Reviews.Preview(ctx, id)
	if errors.Is(err, review.ErrNotOpen) {
		if became, said := s.Rec.Reviews.Became(ctx, id); said == nil && became != "" {
			fmt.Fprintln(std.Out, became)
			return nil
		}
		return notOpen(ctx, s, id, err)
	}
	if err != nil {
		return errors.Join(err, recordedOf(ctx, s, std, id))
	}
	if format == "json" {
		return output.JSON(std.Out, preview)
	}
	output.Preview(std.Out, preview)
	return nil
}

// zone is the catalog's, in which days and times are shown; UTC where it cannot be told.
func zone(ctx context.Context, s *system.System, std terminal.IO) *time.Location {
	zone, err := s.Rec.Status.Zone(ctx)
	if err != nil {
		fmt.Fprintf(std.Err, "levee: times are those of UTC: %v\n", err)
	}
	return zone
}

// recordedOf writes what the ledger has of a change.
func recordedOf(ctx context.Context, s *system.System, std terminal.IO, id string) error {
	view, err := s.Ledger.Refresh(ctx)
	if err != nil {
		return err
	}
	zone := zone(ctx, s, std)
	for _, app := range view.Touching(id) {
		state, _ := view.App(app)
		fmt.Fprintf(std.Out, "%s, as it was recorded last:\n", state.Name)
		output.Change(std.Out, id, state.Changes[id], zone)
	}
	return nil
}
