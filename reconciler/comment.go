package reconciler

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// maxSummary keeps a verdict under what forges take, in bytes.
const maxSummary = 60_000

// renderVerdict writes a review for people: the one thing to mend first, who must
// approve and why, what happens then. Values that others wrote stand in code
// spans only, so that they cannot speak in our name.
func renderVerdict(r Reviewed, c forge.Change, w who) forge.Verdict {
	v := forge.Verdict{State: r.State, Title: verdictTitle(r)}
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", v.Title)
	for _, d := range r.Decisions {
		section := decisionSection(d, r, w)
		if b.Len()+len(section) > maxSummary-1000 {
			b.WriteString("There is more than fits here; `levee check` shows all of it.\n")
			break
		}
		b.WriteString(section)
		v.Notes = append(v.Notes, decisionNotes(d)...)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "> %s\n\n", plain(note))
	}
	v.Summary = b.String()
	return v
}

// verdictTitle is the whole review in one line.
func verdictTitle(r Reviewed) string {
	problems, missing := 0, map[string]bool{}
	for _, d := range r.Decisions {
		for _, p := range d.Problems {
			if p.Level == catalog.Deny && p.Waiver == nil {
				problems++
			}
		}
		for _, role := range d.Approvals.Missing {
			missing[role] = true
		}
	}
	switch r.State {
	case forge.Success:
		return "Ready to publish"
	case forge.Pending:
		return "Waiting for approval by " + strings.Join(sortedApps(missing), " and ")
	case forge.Failure:
		if problems == 1 {
			return "One thing to mend"
		}
		return fmt.Sprintf("%d things to mend", problems)
	default:
		return "Could not be judged yet"
	}
}

func decisionSection(d policies.Decision, r Reviewed, w who) string {
	var b strings.Builder
	name := d.Subject
	if name == catalog.Governance {
		name = "governance"
	}
	fmt.Fprintf(&b, "**%s** · risk %s · content `%s`\n\n", name, d.Risk.Level, d.Digest.Short())
	if r.Unchanged[d.Subject] {
		b.WriteString("Nothing changes in meaning; approvals given before stand.\n\n")
	} else {
		writeEdits(&b, r.Edits[d.Subject])
	}
	if d.Reason != "" {
		fmt.Fprintf(&b, "It could not be judged: %s\n\n", plain(d.Reason))
	}
	for _, p := range d.Problems {
		if p.Level == catalog.DryRun {
			continue
		}
		mark := "✗"
		switch {
		case p.Waiver != nil:
			mark = "waived by `" + *p.Waiver + "` ·"
		case p.Level == catalog.Warn:
			mark = "note ·"
		}
		fmt.Fprintf(&b, "- %s line %d: %s %s  \n  rule `%s`\n", mark, p.Line, plain(p.Message), plain(p.Remedy), p.Rule)
	}
	for _, need := range d.Approvals.Required {
		state := "given"
		if slices.Contains(d.Approvals.Missing, need.Role) {
			state = "missing"
		}
		fmt.Fprintf(&b, "- approval by **%s** %s: %s%s\n", need.Role, state, plain(need.Reason), from(need, w))
	}
	for _, i := range d.Approvals.Ignored {
		fmt.Fprintf(&b, "- the approval by `%s` does not count: %s\n", i.Person, plain(i.Reason))
	}
	if d.Verdict == policies.Allow || d.Verdict == policies.NeedsApproval {
		if d.Publish == catalog.Automatic {
			b.WriteString("\nOnce landed it is published everywhere.\n")
		} else {
			b.WriteString("\nOnce landed it is published step by step, environment by environment.\n")
		}
	}
	b.WriteString("\n")
	return b.String()
}

// writeEdits says what changes in meaning, field by field.
func writeEdits(b *strings.Builder, edits []catalog.FieldEdit) {
	const most = 15
	for i, e := range edits {
		if i == most {
			fmt.Fprintf(b, "- and %d more\n", len(edits)-most)
			break
		}
		field := span(strings.TrimPrefix(e.Field, "spec."))
		switch {
		case e.From == "":
			fmt.Fprintf(b, "- new: %s %s\n", field, span(e.To))
		case e.To == "":
			fmt.Fprintf(b, "- gone: %s, was %s\n", field, span(e.From))
		default:
			fmt.Fprintf(b, "- %s: %s → %s\n", field, span(e.From), span(e.To))
		}
	}
	if len(edits) > 0 {
		b.WriteString("\n")
	}
}

// span puts a value that others wrote into a code span longer than any run of
// backticks in it.
func span(value string) string {
	const longest = 80
	if runes := []rune(value); len(runes) > longest {
		value = string(runes[:longest]) + "…"
	}
	value = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf) {
			return ' '
		}
		return r
	}, value)
	fence, run := 0, 0
	for _, r := range value {
		if run++; r != '`' {
			run = 0
		}
		fence = max(fence, run)
	}
	ticks := strings.Repeat("`", fence+1)
	if fence > 0 {
		value = " " + value + " "
	}
	return ticks + value + ticks
}

// from names those who can give an approval, by the name the forge knows.
func from(need policies.Requirement, w who) string {
	var names []string
	for _, person := range need.From {
		name := string(person)
		if login := w.roles.People[person].GitHub; login != "" {
			name = login
		}
		names = append(names, "`"+name+"`")
	}
	if len(names) == 0 {
		return "; nobody can give it now"
	}
	const most = 5
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("%d more", len(need.From)-most))
	}
	return "; ask " + strings.Join(names, ", ")
}

// decisionNotes are the problems at their lines.
func decisionNotes(d policies.Decision) []forge.Note {
	var notes []forge.Note
	for _, p := range d.Problems {
		if p.Level == catalog.DryRun {
			continue
		}
		notes = append(notes, forge.Note{
			Path: p.Path, Line: max(p.Line, 1), Level: p.Level, Title: p.Rule,
			Message: plain(p.Message) + " " + plain(p.Remedy),
		})
	}
	return notes
}

// plain makes text inert outside its code spans: no mentions, links, markup or
// line breaks. What stands between backticks is left as it is, and an open one is
// closed.
func plain(text string) string {
	var b strings.Builder
	inCode := false
	for _, r := range text {
		switch {
		case r == '`':
			inCode = !inCode
			b.WriteRune(r)
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf):
			b.WriteRune(' ')
		case inCode:
			b.WriteRune(r)
		case strings.ContainsRune("@<>[]#|*_\\!~", r):
			fmt.Fprintf(&b, "&#%d;", r)
		case r == ':':
			b.WriteString("&#58;") // keeps an address from becoming a link
		default:
			b.WriteRune(r)
		}
	}
	if inCode {
		b.WriteRune('`')
	}
	return b.String()
}
