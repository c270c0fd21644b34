package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler"
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
		apps := []ledger.App{}
		for _, app := range append(view.Apps(), catalog.Governance, catalog.Strays) {
			state, known := view.App(app)
			_, open := state.Changes[first(args)]
			if known && (len(args) == 0 || app == args[0] || open || app == catalog.Governance && args[0] == "governance") {
				apps = append(apps, state)
			}
		}
		if len(args) == 1 && len(apps) == 0 {
			return usagef("the ledger knows no app and no open change %q", args[0])
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
		if len(args) == 0 {
			writeApps(std.out, apps)
			return nil
		}
		for _, app := range apps {
			writeApp(std.out, app)
			if view.Frozen == nil && !strings.HasPrefix(app.Name, "@") {
				events, err := s.rec.Due(cmd.Context(), std.now(), ahead, app.Name)
				if err != nil {
					return err
				}
				writeNext(std.out, events)
			}
		}
		return nil
	}
	return cmd
}

// ahead is how far status looks for the next deadline.
const ahead = 400 * 24 * time.Hour

// writeNext says what happens to an app next if nobody does anything.
func writeNext(w io.Writer, events []reconciler.Event) {
	for _, e := range events {
		if e.What != "tell" {
			fmt.Fprintf(w, "  next: %s on %s, because %s\n", e.What, e.At.Format("2006-01-02"), e.Why)
			return
		}
	}
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// writeApps is one line an app.
func writeApps(w io.Writer, apps []ledger.App) {
	fmt.Fprintf(w, "%-28s %-10s %-24s %s\n", "APP", "STAGE", "RUNS", "ATTENTION")
	for _, app := range apps {
		if strings.HasPrefix(app.Name, "@") && app.Held == nil && len(app.Changes) == 0 {
			continue
		}
		var runs []string
		for _, env := range slices.Sorted(maps.Keys(app.Applied)) {
			runs = append(runs, fmt.Sprintf("%s %s", env, app.Admitted[env].Digest.Short()))
		}
		if app.Stage == ledger.Disabled {
			runs = nil
		}
		fmt.Fprintf(w, "%-28s %-10s %-24s %s\n", app.Name, app.Stage, cmp.Or(strings.Join(runs, ", "), "nothing"), strings.Join(attention(app), "; "))
	}
}

// attention is what somebody should know about an app.
func attention(app ledger.App) []string {
	var words []string
	switch app.Stage {
	case ledger.Due:
		words = append(words, fmt.Sprintf("due since %s (%s)", app.StageAt.Format(time.DateOnly), app.Epoch))
	case ledger.Disabled:
		words = append(words, fmt.Sprintf("taken down on %s (%s); `levee release %s` brings it back", app.StageAt.Format(time.DateOnly), app.Epoch, app.Name))
	}
	if q := app.Quarantine; q != nil {
		words = append(words, fmt.Sprintf("contained by %s: %s", q.By, q.Reason))
	}
	if h := app.Held; h != nil {
		words = append(words, fmt.Sprintf("held %s (%s)", h.Digest.Short(), h.Verdict))
	}
	if r := app.Running; r != nil && r.Verdict != "allow" {
		words = append(words, "what runs is now "+r.Verdict)
	}
	for _, a := range app.Applied {
		if a.Outcome == "failed" {
			words = append(words, "apply failed: "+a.Error)
		}
	}
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

// writeApp is everything about one app.
func writeApp(w io.Writer, app ledger.App) {
	fmt.Fprintf(w, "%s: %s\n", app.Name, app.Stage)
	for _, env := range slices.Sorted(maps.Keys(app.Admitted)) {
		a, applied := app.Admitted[env], app.Applied[env]
		fmt.Fprintf(w, "  %-12s admitted %s on %s as record %d", cmp.Or(env, "governance"), a.Digest.Short(), day(a.At), a.Seq)
		if a.Cause != "" {
			fmt.Fprintf(w, " (%s)", a.Cause)
		}
		if len(a.Roles) > 0 {
			fmt.Fprintf(w, ", approved by %s", strings.Join(a.Roles, ", "))
		}
		if applied.Outcome != "" {
			fmt.Fprintf(w, "; applied %s: %s", day(applied.At), applied.Outcome)
		}
		fmt.Fprintln(w)
	}
	for _, word := range attention(app) {
		fmt.Fprintf(w, "  %s\n", word)
	}
	for _, id := range slices.Sorted(maps.Keys(app.Changes)) {
		change := app.Changes[id]
		fmt.Fprintf(w, "  change %s\n", id)
		if n := len(change.Judged); n > 0 {
			j := change.Judged[n-1]
			fmt.Fprintf(w, "    %s %s since %s\n", j.Digest.Short(), j.Verdict, day(j.At))
		}
		for _, a := range change.Approvals {
			fmt.Fprintf(w, "    %s: %s %s, %s\n", a.Person, a.Review, a.Digest.Short(), day(a.At))
		}
	}
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
