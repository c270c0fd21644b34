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
	"github.com/levee-gitops/levee/reconciler/review"
)

func statusCommand(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status [APP|CHANGE]",
		Short: "Say where apps and changes stand",
		Args:  cobra.MaximumNArgs(1),
	}
	name := configFlag(cmd)
	format := outputFlag(cmd, "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := openSystem(cmd.Context(), *name, std, reading)
		if err != nil {
			return err
		}
		defer s.close()
		view, err := s.ledger.Refresh(cmd.Context())
		if err != nil {
			return err
		}
		if len(args) == 1 && !isApp(view, args[0]) {
			return s.statusOf(cmd.Context(), std, args[0], *format)
		}
		apps := []ledger.App{}
		for _, app := range append(view.Apps(), catalog.Governance, catalog.Strays) {
			state, known := view.App(app)
			if known && (len(args) == 0 || app == args[0] || app == catalog.Governance && args[0] == "governance") {
				apps = append(apps, state)
			}
		}
		if len(args) == 1 && len(apps) == 0 {
			return usagef("the ledger knows no app %q", args[0])
		}
		if *format == "json" {
			out := map[string]any{"ledger": view.Root(), "apps": apps, "frozen": nil}
			if view.Frozen != nil {
				out["frozen"] = view.Frozen
			}
			return writeJSON(std.out, out)
		}
		if view.Frozen != nil {
			fmt.Fprintf(std.out, "FROZEN: %s\n\n", view.Frozen.Error())
		}
		if s.away != nil {
			fmt.Fprintf(std.out, "UNREACHABLE: the repository cannot be asked, so this is what was known last (%v)\n\n", s.away)
		}
		more, err := s.beyondLedger(cmd.Context(), args)
		if err != nil {
			fmt.Fprintf(std.err, "levee: not all could be told: %v\n", err)
		}
		zone := s.zone(cmd.Context(), std)
		if len(args) == 0 {
			writeApps(std.out, apps, more, zone)
			return nil
		}
		for _, app := range apps {
			writeApp(std.out, app, more[app.Name], zone)
			if view.Frozen == nil && s.away == nil && !strings.HasPrefix(app.Name, "@") {
				events, err := s.rec.Status.Due(cmd.Context(), std.now(), ahead, app.Name)
				if err != nil {
					return err
				}
				if s.rec.Sender == nil {
					fmt.Fprintln(std.out, "  nobody is told, because the configuration names no sender of notices; so it is not taken down")
					continue
				}
				writeNext(std.out, events)
			}
		}
		return nil
	}
	return cmd
}

// beyondLedger is what there is to know of apps that the ledger does not say: that their
// files or their owners are gone, that a target contains them, and of one app where it goes on to.
// Targets are asked about one app, or where the repository cannot be.
func (s *system) beyondLedger(ctx context.Context, args []string) (map[string][]string, error) {
	view, err := s.ledger.Refresh(ctx)
	if err != nil {
		return nil, err
	}
	more := map[string][]string{}
	names := view.Apps()
	if len(args) == 1 {
		names = args
	}
	gone, failed := s.rec.Status.Gone(ctx, names...)
	for name := range gone {
		more[name] = append(more[name], "its file is gone from the catalog's branch; what runs goes on")
	}
	left, err := s.rec.Status.Leavers(ctx, names...)
	failed = errors.Join(failed, err)
	for name, reasons := range left {
		more[name] = append(more[name], reasons...)
	}
	if len(args) == 1 || s.away != nil {
		marked, err := s.rec.Status.Marked(ctx, args...)
		failed = errors.Join(failed, err)
		for name, said := range marked {
			more[name] = append(more[name], said...)
		}
	}
	if len(args) == 1 && view.Frozen == nil {
		onward, err := s.rec.Status.Onward(ctx, args[0])
		failed = errors.Join(failed, err)
		more[args[0]] = append(more[args[0]], onward...)
		strategies, err := s.rec.Status.Strategies(ctx, args[0])
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
func (s *system) statusOf(ctx context.Context, std stdio, id, format string) error {
	preview, err := s.rec.Reviews.Preview(ctx, id)
	if errors.Is(err, review.ErrNotOpen) {
		if became, said := s.rec.Reviews.Became(ctx, id); said == nil && became != "" {
			fmt.Fprintln(std.out, became)
			return nil
		}
		return s.notOpen(ctx, id, err)
	}
	if err != nil {
		return errors.Join(err, s.recordedOf(ctx, std, id))
	}
	if format == "json" {
		return writeJSON(std.out, preview)
	}
	writePreview(std.out, preview)
	return nil
}

// zone is the catalog's, in which days and times are shown; UTC where it cannot be told.
func (s *system) zone(ctx context.Context, std stdio) *time.Location {
	zone, err := s.rec.Status.Zone(ctx)
	if err != nil {
		fmt.Fprintf(std.err, "levee: times are those of UTC: %v\n", err)
	}
	return zone
}

// recordedOf writes what the ledger has of a change.
func (s *system) recordedOf(ctx context.Context, std stdio, id string) error {
	view, err := s.ledger.Refresh(ctx)
	if err != nil {
		return err
	}
	zone := s.zone(ctx, std)
	for _, app := range view.Touching(id) {
		state, _ := view.App(app)
		fmt.Fprintf(std.out, "%s, as it was recorded last:\n", state.Name)
		writeChange(std.out, id, state.Changes[id], zone)
	}
	return nil
}
