package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
	"github.com/levee-gitops/levee/reconciler/impact"
)

// groupApps is how many apps of a group are named.
const groupApps = 10

// Impact says what a change does: what is wrong with it, how many apps change and in which ways, and
// of each group which apps these are.
func Impact(w io.Writer, r check.Impact) error {
	var b strings.Builder
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "%s %s\n  %s\n  rule %s\n\n", safetext.Shown(Place(p, ""), false), p.Message, p.Remedy, p.Rule)
	}
	fmt.Fprintf(&b, "%s to %s: %s, %d looked at\n", revision(r.Base), revision(r.Head), Plural(r.Head.Apps, "app"), r.Judged)
	switch verdicts, others := r.Verdicts(), len(r.Apps)-r.Verdicts(); {
	case len(r.Apps) == 0:
		b.WriteString("nothing changes: every app is judged as before\n")
	case verdicts == 0:
		fmt.Fprintf(&b, "no verdict changes; of %s something else does\n", Plural(others, "app"))
	case others == 0:
		fmt.Fprintf(&b, "%d of %s: the verdict changes\n", verdicts, Plural(r.Head.Apps, "app"))
	default:
		fmt.Fprintf(&b, "%d of %s: the verdict changes; of %d more something else does\n", verdicts, Plural(r.Head.Apps, "app"), others)
	}
	for _, g := range r.Groups {
		fmt.Fprintf(&b, "  %d %s\n", g.Count, groupWords(g))
	}
	for _, g := range r.Groups {
		fmt.Fprintf(&b, "\n%s:\n", groupWords(g))
		for i, f := range g.Flips {
			if i == groupApps {
				fmt.Fprintf(&b, "  … %d more, which -o json lists\n", len(g.Flips)-i)
				break
			}
			fmt.Fprintf(&b, "  %s%s\n", safetext.Shown(f.App, false), flipWords(f))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func revision(s check.ImpactSide) string {
	if s.Commit == "" {
		return "the files as they lie"
	}
	return s.Commit.Short()
}

// groupWords say what follows for the apps of a group.
func groupWords(g impact.Group) string {
	words := verdictWord(g.From) + " → " + verdictWord(g.To)
	if g.From == g.To {
		words = "stay " + verdictWord(g.From)
	}
	why := ""
	add := func(list []string, by string) {
		if len(list) > 0 {
			if why != "" {
				why += ", "
			}
			why += by + strings.Join(list, ", ")
		}
	}
	add(g.Begins, "by ")
	add(g.Ceases, "no longer by ")
	add(g.Asks, "newly asks ")
	add(g.Asked, "no longer asks ")
	if why != "" {
		words += " " + why
	}
	return words
}

func verdictWord(v policies.Verdict) string {
	switch v {
	case impact.Absent:
		return "not there"
	case policies.Error, policies.Invalid:
		return Verdicts[v]
	}
	return string(v)
}

// flipWords say of one app why, and what follows where it runs.
func flipWords(f impact.Flip) string {
	words := ""
	switch {
	case f.Reason != "":
		words = ": " + f.Reason
	case f.Problem != "" && f.Verdict():
		words = ": " + f.Problem
	case f.Missing != nil:
		words = fmt.Sprintf(": %s has to approve: %s", f.Missing.Role, f.Missing.Reason)
	case len(f.Begins) > 0:
		words = ": " + f.Begins[0].Message
	}
	switch r := f.Running; {
	case r == nil || !f.Verdict() || f.To == policies.Allow:
	case r.Effect == policies.Contain:
		words += " (where it runs, it is contained at once)"
	case f.Grace > 0:
		words += fmt.Sprintf(" (where it runs, it has %s to be mended)", f.Grace)
	}
	return words
}
