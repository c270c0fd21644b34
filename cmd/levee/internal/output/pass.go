package output

import (
	"fmt"
	"io"
	"slices"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/review"
)

// Pass tells people what a pass did.
func Pass(w io.Writer, done reconciler.Done) {
	for _, change := range done.Changes {
		if change.Frozen != "" {
			continue // said once, below
		}
		if change.Records == 0 && change.Actions == 0 && change.Landed == "" {
			fmt.Fprintf(w, "change %s: %s, nothing new\n", change.Change, change.State)
			continue
		}
		fmt.Fprintf(w, "change %s: %s\n", change.Change, change.State)
		for _, d := range change.Decisions {
			fmt.Fprintf(w, "  %s %s: %s\n", d.Subject, d.Digest.Short(), Verdicts[d.Verdict])
			for _, p := range d.Problems {
				fmt.Fprintf(w, "    %s %s\n          %s\n", Place(p, d.Path), p.Message, p.Remedy)
			}
			for _, need := range d.Approvals.Required {
				if !slices.Contains(d.Approvals.Missing, need.Role) {
					continue
				}
				fmt.Fprintf(w, "    approval by %s: %s; %s\n", need.Role, need.Reason, askWhom(change, d.Subject, need))
			}
			for _, i := range d.Approvals.Ignored {
				fmt.Fprintf(w, "    the approval by %s does not count: %s\n", i.Person, i.Reason)
			}
		}
		if change.Landed != "" {
			fmt.Fprintf(w, "  landed as %s\n", change.Landed.Short())
		}
		for _, note := range change.Notes {
			fmt.Fprintf(w, "  %s\n", note)
		}
	}
	if done.Applied.Frozen != "" {
		fmt.Fprintf(w, "%s: %s\n", done.Applied.Halted(), done.Applied.Frozen)
	}
	if done.Unfit != "" {
		fmt.Fprintf(w, "not fit: %s\n", done.Unfit)
	}
	for _, e := range done.Applied.Effects {
		fmt.Fprintf(w, "%s %s in %s: %s (%s)", e.Verb, e.App, e.Environment, e.Outcome, e.Reason)
		if e.Error != "" {
			fmt.Fprintf(w, ": %s", e.Error)
		}
		fmt.Fprintln(w)
	}
	for _, s := range done.Applied.Stages {
		fmt.Fprintf(w, "%s: %s → %s, because %s\n", s.App, s.From, s.To, s.Cause)
		switch {
		case s.To == ledger.Disabled:
			fmt.Fprintf(w, "  to bring it back: %s --reason …\n", s.Undo)
		case s.Undo != "":
			fmt.Fprintf(w, "  to keep it: %s\n", s.Undo)
		}
	}
	for _, n := range done.Applied.Notices {
		fmt.Fprintf(w, "told %s: %s\n", n.Recipient, n.Title)
	}
	fmt.Fprintf(w, "%s, %s recorded\n", Plural(len(done.Applied.Effects), "effect"), Plural(done.Records(), "fact"))
}

// askWhom says who can give an approval, or why nobody can.
func askWhom(change review.Reviewed, subject string, need policies.Requirement) string {
	for _, s := range change.Stuck {
		if s.Subject == subject && s.Role == need.Role {
			return "nobody can give it: " + s.Why
		}
	}
	return "ask " + Names(need.From)
}
