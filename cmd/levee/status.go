package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
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
				events, err := s.rec.Due(cmd.Context(), std.now(), ahead, app.Name)
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
	gone, failed := s.rec.Gone(ctx, names...)
	for name := range gone {
		more[name] = append(more[name], "its file is gone from the catalog's branch; what runs goes on")
	}
	left, err := s.rec.Leavers(ctx, names...)
	failed = errors.Join(failed, err)
	for name, reasons := range left {
		more[name] = append(more[name], reasons...)
	}
	if len(args) == 1 || s.away != nil {
		marked, err := s.rec.Marked(ctx, args...)
		failed = errors.Join(failed, err)
		for name, said := range marked {
			more[name] = append(more[name], said)
		}
	}
	if len(args) == 1 && view.Frozen == nil {
		onward, err := s.rec.Onward(ctx, args[0])
		failed = errors.Join(failed, err)
		more[args[0]] = append(more[args[0]], onward...)
	}
	return more, failed
}

// isApp reports whether a word names what the ledger keeps a state of.
func isApp(view *ledger.View, word string) bool {
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
	zone, err := s.rec.Zone(ctx)
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

// ahead is how far status looks for the next deadline.
const ahead = 400 * 24 * time.Hour

// writeNext says what happens to an app next if nobody does anything, and when it goes
// down.
func writeNext(w io.Writer, events []lifecycle.Event) {
	first := true
	for _, e := range events {
		switch {
		case e.What == "tell":
			continue
		case first:
			fmt.Fprintf(w, "  next: %s on %s, because %s\n", e.What, e.At.Format(time.DateOnly), e.Why)
		}
		if e.What == string(ledger.Disabled) {
			fmt.Fprintf(w, "  if nobody does anything, it goes down on %s\n", e.At.Format(time.DateOnly))
			return
		}
		first = false
	}
}

// writeApps is one line an app.
func writeApps(w io.Writer, apps []ledger.App, more map[string][]string, zone *time.Location) {
	rows := [][]string{{"APP", "STAGE", "RUNS", "ATTENTION"}}
	for _, app := range apps {
		if strings.HasPrefix(app.Name, "@") && app.Held == nil && len(app.Changes) == 0 {
			continue
		}
		rows = append(rows, []string{app.Name, stageWord(app), cmp.Or(strings.Join(runs(app), ", "), "nothing"), strings.Join(slices.Concat(ailing(app, zone), attention(app, zone), more[app.Name]), "; ")})
	}
	writeColumns(w, rows)
}

// writeColumns writes rows of as many cells each below one another, two blanks apart.
func writeColumns(w io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// stageWord is where an app stands: a containment counts before the stage of its life.
func stageWord(app ledger.App) string {
	if app.Quarantine != nil {
		return "contained"
	}
	return string(app.Stage)
}

// runs says what an app runs where, as far as the ledger knows.
func runs(app ledger.App) []string {
	if app.Quarantine != nil || app.Stage == ledger.Disabled || app.Stage == ledger.Archived {
		return nil
	}
	var words []string
	for _, env := range slices.Sorted(maps.Keys(app.Applied)) {
		switch admitted, applied := app.Admitted[env], app.Applied[env]; {
		case applied.Outcome == "failed":
			words = append(words, env+" unknown")
		case applied.Admission != admitted.Seq:
			words = append(words, env+" an earlier version")
		case applied.Disabled, app.Released.After(applied.At):
		default:
			words = append(words, env+" "+admitted.Digest.Short())
		}
	}
	return words
}

// pending are what was admitted and is not in its target yet.
func pending(app ledger.App) []string {
	if app.Quarantine != nil {
		return nil
	}
	var words []string
	for _, env := range slices.Sorted(maps.Keys(app.Admitted)) {
		a, applied := app.Admitted[env], app.Applied[env]
		switch {
		case env == "" || applied.Outcome == "failed":
		case applied.Admission != a.Seq:
			words = append(words, fmt.Sprintf("%s waits to be applied in %s", a.Digest.Short(), env))
		case app.Released.After(applied.At) && !applied.Disabled:
			words = append(words, fmt.Sprintf("released, and waits to be brought back in %s", env))
		}
	}
	return words
}

// attention is what somebody should know about an app, with days of the catalog's zone.
func attention(app ledger.App, zone *time.Location) []string {
	var words []string
	switch app.Stage {
	case ledger.Due:
		words = append(words, fmt.Sprintf("due since %s (%s)", app.StageAt.In(zone).Format(time.DateOnly), app.Epoch))
		if down := promised(app); !down.IsZero() {
			words = append(words, "goes down on "+down.In(zone).Format(time.DateOnly))
		}
	case ledger.Disabled:
		words = append(words, fmt.Sprintf("taken down on %s (%s); `levee release %s` brings it back", app.StageAt.In(zone).Format(time.DateOnly), app.Epoch, app.Name))
	}
	if q := app.Quarantine; q != nil {
		words = append(words, fmt.Sprintf("contained by %s: %s", q.By, q.Reason))
	}
	if h := app.Held; h != nil {
		words = append(words, fmt.Sprintf("held %s (%s)", h.Digest.Short(), h.Verdict))
	}
	if r := app.Running; r != nil && r.Verdict != "allow" {
		word := "what runs is now " + r.Verdict
		if len(app.Since) > 0 {
			word += ": " + strings.Join(slices.Sorted(maps.Keys(app.Since)), ", ")
		}
		words = append(words, word)
	}
	for _, env := range slices.Sorted(maps.Keys(app.Applied)) {
		if a := app.Applied[env]; a.Outcome == "failed" {
			words = append(words, "apply failed in "+env+": "+a.Error)
		}
	}
	words = append(words, pending(app)...)
	for _, env := range app.Admitted {
		if env.TakenOver() {
			words = append(words, "never reviewed")
			break
		}
	}
	if n := len(app.Changes); n > 0 {
		words = append(words, plural(n, "open change"))
	}
	return words
}

// healthWords say how what is applied does, and since when.
func healthWords(h ledger.AppliedHealth, zone *time.Location) string {
	words := fmt.Sprintf("%s since %s", h.State, minute(h.Since, zone))
	if h.Reason != "" {
		words += " (" + h.Reason + ")"
	}
	return words
}

// ailing says where an app does not do well.
func ailing(app ledger.App, zone *time.Location) []string {
	var words []string
	for _, env := range slices.Sorted(maps.Keys(app.Applied)) {
		if h := app.Applied[env].Health; h != nil && h.State != ledger.HealthReady {
			words = append(words, env+": "+healthWords(*h, zone))
		}
	}
	return words
}

// promised is when the last word about an app that is due says that it goes down; zero
// where none was said.
func promised(app ledger.App) time.Time {
	var last ledger.Notice
	for _, n := range app.Notices {
		if n.Delivered && n.Epoch == app.Epoch && !n.DisableAt.IsZero() && !n.At.Before(app.StageAt) && n.At.After(last.At) {
			last = n
		}
	}
	return last.DisableAt
}

// writeApp is everything about one app.
func writeApp(w io.Writer, app ledger.App, more []string, zone *time.Location) {
	fmt.Fprintf(w, "%s: %s\n", app.Name, stageWord(app))
	for _, env := range slices.Sorted(maps.Keys(app.Admitted)) {
		a, applied := app.Admitted[env], app.Applied[env]
		fmt.Fprintf(w, "  %-12s admitted %s on %s as record %d", cmp.Or(env, "governance"), a.Digest.Short(), minute(a.At, zone), a.Seq)
		if a.Cause != "" {
			fmt.Fprintf(w, " (%s)", a.Cause)
		}
		if len(a.Roles) > 0 {
			fmt.Fprintf(w, ", approved by %s", strings.Join(a.Roles, ", "))
		}
		switch {
		case applied.Outcome == "":
		case applied.Admission != a.Seq:
			fmt.Fprint(w, "; not applied yet")
		default:
			fmt.Fprintf(w, "; applied %s: %s", minute(applied.At, zone), applied.Outcome)
			if applied.Health != nil {
				fmt.Fprintf(w, "; %s", healthWords(*applied.Health, zone))
			}
		}
		fmt.Fprintln(w)
	}
	for _, word := range append(attention(app, zone), more...) {
		fmt.Fprintf(w, "  %s\n", word)
	}
	for _, id := range slices.Sorted(maps.Keys(app.Changes)) {
		writeChange(w, id, app.Changes[id], zone)
	}
}

func writeChange(w io.Writer, id string, change ledger.Change, zone *time.Location) {
	fmt.Fprintf(w, "  change %s\n", id)
	if n := len(change.Judged); n > 0 {
		j := change.Judged[n-1]
		fmt.Fprintf(w, "    %s %s since %s\n", j.Digest.Short(), j.Verdict, minute(j.At, zone))
	}
	for _, a := range change.Approvals {
		fmt.Fprintf(w, "    %s: %s %s, %s\n", a.Person, a.Review, a.Digest.Short(), minute(a.At, zone))
	}
	fmt.Fprintf(w, "    `levee status %s` says why, and who is asked\n", id)
}

// minute is a moment as people of a zone read it.
func minute(t time.Time, zone *time.Location) string { return t.In(zone).Format("2006-01-02 15:04") }
