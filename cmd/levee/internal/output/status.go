package output

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// Next says what happens to an app next if nobody does anything, and when it goes
// down.
func Next(w io.Writer, events []lifecycle.Event) {
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

// Apps is one line an app.
func Apps(w io.Writer, apps []ledger.App, more map[string][]string, zone *time.Location) {
	rows := [][]string{{"APP", "STAGE", "RUNS", "ATTENTION"}}
	for _, app := range apps {
		if strings.HasPrefix(app.Name, "@") && app.Held == nil && len(app.Changes) == 0 {
			continue
		}
		rows = append(rows, []string{app.Name, stageWord(app), cmp.Or(strings.Join(runs(app), ", "), "nothing"), strings.Join(slices.Concat(ailing(app, zone), attention(app, zone), more[app.Name]), "; ")})
	}
	Table(w, rows)
}

// stageWord is where an app stands: a containment counts before the stage of its life, and a
// throttle before nothing but that its life goes on.
func stageWord(app ledger.App) string {
	switch {
	case app.Quarantine != nil:
		return "contained"
	case app.Throttle != nil && app.Stage == ledger.Active:
		return "throttled"
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
		case app.Unthrottled.After(applied.At) && !applied.Disabled:
			words = append(words, fmt.Sprintf("no longer throttled, and waits to be applied whole in %s", env))
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
	if t := app.Throttle; t != nil {
		words = append(words, fmt.Sprintf("throttled by %s: %s", t.By, t.Reason))
	}
	for _, key := range slices.Sorted(maps.Keys(app.Fights)) {
		f := app.Fights[key]
		words = append(words, fmt.Sprintf("in %s %s is changed back again and again since %s, and corrected less often", f.Environment, f.Contested, Minute(f.At, zone)))
	}
	if h := app.Held; h != nil {
		words = append(words, fmt.Sprintf("held %s (%s)", h.Digest.Short(), h.Verdict))
	}
	if r := app.Running; r != nil && policies.Verdict(r.Verdict) != policies.Allow {
		word := "what runs is now " + string(r.Verdict)
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
		words = append(words, Plural(n, "open change"))
	}
	return words
}

// healthWords say how what is applied does, and since when.
func healthWords(h ledger.AppliedHealth, zone *time.Location) string {
	words := fmt.Sprintf("%s since %s", h.State, Minute(h.Since, zone))
	if reason := cmp.Or(h.Shared(zone), h.Reason); reason != "" {
		words += " (" + reason + ")"
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

// App is everything about one app.
func App(w io.Writer, app ledger.App, more []string, zone *time.Location) {
	fmt.Fprintf(w, "%s: %s\n", app.Name, stageWord(app))
	for _, env := range slices.Sorted(maps.Keys(app.Admitted)) {
		a, applied := app.Admitted[env], app.Applied[env]
		fmt.Fprintf(w, "  %-12s admitted %s on %s as record %d", cmp.Or(env, "governance"), a.Digest.Short(), Minute(a.At, zone), a.Seq)
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
			fmt.Fprintf(w, "; applied %s: %s", Minute(applied.At, zone), applied.Outcome)
			if applied.Health != nil {
				fmt.Fprintf(w, "; %s", healthWords(*applied.Health, zone))
			}
		}
		fmt.Fprintln(w)
	}
	if !app.Drilled.IsZero() {
		fmt.Fprintf(w, "  its kill switch was proved on %s\n", Minute(app.Drilled, zone))
	}
	for _, word := range append(attention(app, zone), more...) {
		fmt.Fprintf(w, "  %s\n", word)
	}
	for _, id := range slices.Sorted(maps.Keys(app.Changes)) {
		Change(w, id, app.Changes[id], zone)
	}
}

// Change is what the ledger has of one change, below the app that it touches.
func Change(w io.Writer, id string, change ledger.Change, zone *time.Location) {
	fmt.Fprintf(w, "  change %s\n", id)
	if n := len(change.Judged); n > 0 {
		j := change.Judged[n-1]
		fmt.Fprintf(w, "    %s %s since %s\n", j.Digest.Short(), j.Verdict, Minute(j.At, zone))
	}
	for _, a := range change.Approvals {
		fmt.Fprintf(w, "    %s: %s %s, %s\n", a.Person, a.Review, a.Digest.Short(), Minute(a.At, zone))
	}
	fmt.Fprintf(w, "    `levee status %s` says why, and who is asked\n", id)
}
