package reconcilertest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/review"
)

// told is what a pass did, in the words that stories are told in.
func told(done reconciler.Done) string {
	var b strings.Builder
	for _, c := range done.Changes {
		tellChange(&b, c)
	}
	if a := done.Applied; a.Frozen != "" {
		fmt.Fprintf(&b, "%s: %s\n", a.Halted(), a.Frozen)
	}
	for _, e := range done.Applied.Effects {
		fmt.Fprintf(&b, "%s %s in %s: %s (%s) %s\n", e.Verb, e.App, e.Environment, e.Outcome, e.Reason, e.Error)
	}
	for _, s := range done.Applied.Stages {
		fmt.Fprintf(&b, "%s: %s → %s, because %s; undo: %s\n", s.App, s.From, s.To, s.Cause, s.Undo)
	}
	fmt.Fprintf(&b, "%d effects, %d facts recorded\n", len(done.Applied.Effects), done.Records())
	return b.String()
}

func tellChange(b *strings.Builder, c review.Reviewed) {
	if c.Records == 0 && c.Actions == 0 && c.Landed == "" {
		fmt.Fprintf(b, "change %s: %s, nothing new\n", c.Change, c.State)
		return
	}
	fmt.Fprintf(b, "change %s: %s\n", c.Change, c.State)
	for _, d := range c.Decisions {
		fmt.Fprintf(b, "  %s: %s\n", d.Subject, d.Verdict)
		for _, p := range d.Problems {
			fmt.Fprintf(b, "    %s: %s %s\n", p.Path, p.Message, p.Remedy)
		}
		for _, need := range d.Approvals.Required {
			if slices.Contains(d.Approvals.Missing, need.Role) {
				fmt.Fprintf(b, "    approval by %s: %s; %s\n", need.Role, need.Reason, askWhom(c, d.Subject, need))
			}
		}
		for _, i := range d.Approvals.Ignored {
			fmt.Fprintf(b, "    the approval by %s does not count: %s\n", i.Person, i.Reason)
		}
	}
	if c.Landed != "" {
		fmt.Fprintf(b, "  landed as %s\n", c.Landed.Short())
	}
	for _, note := range c.Notes {
		fmt.Fprintf(b, "  %s\n", note)
	}
}

// askWhom says who can give an approval, or why nobody can.
func askWhom(c review.Reviewed, subject string, need policies.Requirement) string {
	for _, s := range c.Stuck {
		if s.Subject == subject && s.Role == need.Role {
			return "nobody can give it: " + s.Why
		}
	}
	var names []string
	for _, n := range need.From {
		names = append(names, string(n))
	}
	return "ask " + strings.Join(names, ", ")
}

// Told is what was done last, in words, with what was logged meanwhile.
func (w *World) Told() string { return w.said }

// WantTold fails unless all the words were told of what was done last.
func (w *World) WantTold(words ...string) {
	w.T.Helper()
	for _, word := range words {
		if !strings.Contains(w.said, word) {
			w.T.Errorf("it was not told %q:\n%s", word, w.said)
		}
	}
}
