package comment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// moreProblems is how many problems after the first are shown. Mending the first
// often mends others, and a long list is read by nobody.
const moreProblems = 5

// blocking lists what keeps a subject from being published, in the order in which
// to mend it.
func blocking(s Subject) []catalog.Problem {
	var list []catalog.Problem
	for _, problem := range s.Problems {
		if problem.Denies() && !problem.Before {
			list = append(list, problem)
		}
	}
	slices.SortStableFunc(list, func(x, y catalog.Problem) int { return cmp.Compare(turn(x), turn(y)) })
	return list
}

// turn puts what others wait for first, and last what every change asks for.
func turn(p catalog.Problem) int {
	switch {
	case strings.HasPrefix(p.Rule, "change."):
		return 0
	case p.Rule == "lifecycle.version-raised":
		return 2
	}
	return 1
}

// writeFix says what is wrong, what the change did to it, what to do, and what that
// means until it is done: of one problem in full, and of the next ones in short.
func writeFix(b *strings.Builder, s Subject) {
	blocking := blocking(s)
	if len(blocking) == 0 {
		return
	}
	first := blocking[0]
	fmt.Fprintf(b, "**Fix this first%s**\n", at(first, ": "))
	fmt.Fprintf(b, "- What is wrong: %s\n", plain(first.Message))
	if done := doneTo(first, s); done != "" {
		fmt.Fprintf(b, "- What this change does: %s.\n", done)
	}
	fmt.Fprintf(b, "- What to do: %s\n", plain(first.Remedy))
	fmt.Fprintf(b, "- Until then: %s.\n\n", meanwhile(s))
	if len(blocking) == 1 {
		return
	}
	b.WriteString("**Then this**\n")
	for i, next := range blocking[1:] {
		if i == moreProblems {
			fmt.Fprintf(b, "- and %d more, shown once these are done\n", len(blocking)-1-moreProblems)
			break
		}
		fmt.Fprintf(b, "- %s%s %s\n", at(next, ""), plain(next.Message), plain(next.Remedy))
	}
	b.WriteString("\n")
}

// at is the place of a problem, after or before a separator.
func at(p catalog.Problem, before string) string {
	place := ""
	switch {
	case before != "" && p.Line > 0 && !strings.HasPrefix(p.Rule, "change."):
		place = fmt.Sprintf("line %d of %s", p.Line, span(p.Path))
	case before != "" && p.Path != "":
		place = span(p.Path)
	case before == "" && p.Line > 0 && !strings.HasPrefix(p.Rule, "change."):
		return fmt.Sprintf("Line %d: ", p.Line)
	}
	if place == "" {
		return ""
	}
	return before + place
}

// doneTo is what the change does to the field of a problem.
func doneTo(p catalog.Problem, s Subject) string {
	if s.Before == nil || p.Field == "" {
		return ""
	}
	for _, e := range s.Edits {
		if e.Field == p.Field {
			return inWords(e)
		}
	}
	return ""
}

// meanwhile is what holds as long as a change is not published.
func meanwhile(s Subject) string {
	switch {
	case len(s.Governance) > 0:
		return "everything is judged as before"
	case s.Before == nil:
		return "the app is not published"
	}
	return fmt.Sprintf("nothing is published, and version %s goes on running", span(string(s.Before.Spec.Version)))
}

// writeRemarks says what is worth knowing and stops nothing.
func writeRemarks(b *strings.Builder, s Subject) {
	var lines []string
	for _, problem := range s.Problems {
		switch {
		case problem.Waiver != nil:
			lines = append(lines, fmt.Sprintf("Allowed for now by the exception %s: %s", span(*problem.Waiver), plain(problem.Message)))
		case problem.Level == catalog.Warn:
			lines = append(lines, at(problem, "")+plain(problem.Message)+" "+plain(problem.Remedy))
		}
	}
	if len(lines) == 0 {
		return
	}
	b.WriteString("**Good to know** (this stops nothing)\n")
	for _, line := range shortly(lines, 3) {
		fmt.Fprintf(b, "- %s\n", line)
	}
	b.WriteString("\n")
}

// notesAtLines are the problems at their lines, as plain text: nothing is marked up
// there.
func notesAtLines(s Subject) []forge.Note {
	var notes []forge.Note
	for _, p := range s.Problems {
		if p.Level == catalog.DryRun {
			continue
		}
		notes = append(notes, forge.Note{
			Path: p.Path, Line: max(p.Line, 1), Level: p.Level, Title: p.Rule,
			Message: bare(p.Message) + " " + bare(p.Remedy),
		})
	}
	return notes
}
