package comment

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
)

// maxSummary keeps a verdict under what forges take, in bytes.
const maxSummary = 60_000

// fullSections is how many subjects of a change are shown whole. The rest is a line
// each: nobody reads further, and `levee check` does.
const fullSections = 3

// Page is all that a comment on a change is written from. It has two readers: a
// creator who is no developer and wants to know what to do, and a reviewer who has a
// minute to see what changes in meaning. So it goes from what is to be done, over
// what changes and who has to agree, to what happens then.
//
// Values that others wrote stand in code spans only, so that they cannot speak in
// our name.
type Page struct {
	Change   forge.Change
	State    forge.State
	Notes    []string // what its people have to know of their reviews
	Subjects []Subject
	People   identity.Directory
	Settings *settings.Settings
	// Governing is what it is judged by, which has the owners of data sets; nil for a page that
	// asks none of them.
	Governing *catalog.Snapshot
	Areas     map[string]bool // that rules in force look at
	Lands     bool            // the daemon merges by itself
	Refused   string          // why the forge did not merge it; empty where it did not refuse
	Agree     string          // how to agree, as the end of a sentence
}

// Subject is what a change touches, and what was decided of it: an app, governance, or
// files of no app.
type Subject struct {
	policies.Decision
	Folders   []string     // of an app; none stand for all that the change touches
	App       *catalog.App // as proposed; nil for governance, and for a file that cannot be read
	Before    *catalog.App // as admitted; nil for the first publication
	Unchanged bool         // in meaning
	Edits     []catalog.FieldEdit
	Files     []catalog.FileEdit // beside the app's own
	Evidence  string             // what the files in evidence/ beside the app say, in one line; empty without any
	Until     catalog.Date       // when the app is asked about next, where the change renews it
	Reviews   []catalog.Approval
	// Since is what changed after an approval that was given for other content, by
	// its id; nothing for one of which it is not known.
	Since      map[string][]catalog.FieldEdit
	Governance []string   // of governance: what it changes, in words
	Impact     Impact     // likewise
	Foreseen   []Foreseen // what applying it would do; nothing where that is not known yet
}

// Approval finds the approval that a review is on record as; the last of its id.
func (s Subject) Approval(id string) catalog.Approval {
	for _, a := range slices.Backward(s.Reviews) {
		if a.ID == id && a.Review == catalog.Approve {
			return a
		}
	}
	return catalog.Approval{}
}

// Verdict renders the page as Markdown for a forge, with notes at lines of files.
func (p Page) Verdict() forge.Verdict {
	v := forge.Verdict{State: p.State, Title: p.title()}
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", v.Title)
	for _, note := range shortly(p.Notes, 5) {
		fmt.Fprintf(&b, "%s\n\n", plain(note))
	}
	subjects := slices.Clone(p.Subjects)
	slices.SortStableFunc(subjects, func(x, y Subject) int { return cmp.Compare(urgency(x), urgency(y)) })
	for i, s := range subjects {
		section := p.section(s)
		if i >= fullSections {
			section = line(s)
		}
		if b.Len()+len(section) > maxSummary-1000 {
			b.WriteString("\nThere is more than fits here; `levee check` shows all of it.\n")
			break
		}
		b.WriteString(section)
		v.Notes = append(v.Notes, notesAtLines(s)...)
	}
	if len(subjects) == 0 {
		b.WriteString("This changes no file, so there is nothing to publish. Put a file on this branch that differs, or give the change up.\n")
	}
	writeList(&b, "\n**What does not count**", ignoredWords(p.Change.Ignored))
	v.Summary = b.String()
	return v
}

// urgency puts what is to be mended before what waits, and that before what is done.
func urgency(s Subject) int {
	switch {
	case len(blocking(s)) > 0:
		return 0
	case s.Verdict == policies.Error:
		return 1
	case len(s.Approvals.Missing) > 0:
		return 2
	}
	return 3
}

// title is the whole review in one line.
func (p Page) title() string {
	problems, missing := 0, map[string]bool{}
	for _, s := range p.Subjects {
		problems += len(blocking(s))
		for _, role := range s.Approvals.Missing {
			missing[role] = true
		}
	}
	switch p.State {
	case forge.Success:
		if p.unchanged() && len(p.Subjects) > 0 {
			return "Fine: nothing changes in meaning"
		}
		return "Fine: nothing is missing"
	case forge.Pending:
		var roles []string
		for _, role := range slices.Sorted(maps.Keys(missing)) {
			roles = append(roles, the(role))
		}
		return "Nothing to fix; waiting for " + enumerate(roles, "and")
	case forge.Failure:
		if problems == 1 {
			return "One thing to fix"
		}
		return fmt.Sprintf("%d things to fix, one after the other", problems)
	default:
		return "This could not be checked yet"
	}
}

// unchanged reports whether the change leaves the meaning of all it touches alone.
func (p Page) unchanged() bool {
	return !slices.ContainsFunc(p.Subjects, func(s Subject) bool { return !s.Unchanged })
}

// section is all there is to say of one subject.
func (p Page) section(s Subject) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", heading(s))
	if s.Verdict == policies.Error {
		p.writeTrouble(&b, s)
		return b.String()
	}
	writeFix(&b, s)
	writeChanges(&b, s)
	writeEvidence(&b, s)
	p.writeAnswers(&b, s)
	writeForeseen(&b, s)
	p.writePeople(&b, s)
	writeRemarks(&b, s)
	writeFine(&b, s, p.Areas)
	p.writeNext(&b, s)
	writeReference(&b, s)
	return b.String()
}

// heading names a subject, and how much care it asks for.
func heading(s Subject) string {
	name := "**" + subjectName(s.Subject) + "**"
	switch {
	case s.Subject == catalog.Governance:
		return name + ": what every app is judged by."
	case s.Subject == catalog.Strays:
		return name + " cannot be published as they are."
	case s.Verdict == policies.Error:
		return name + " could not be checked."
	case s.Verdict == policies.Invalid:
		return name + " cannot be read."
	case s.Kind == policies.KindRemoval:
		return name + " is taken away."
	case s.Unchanged:
		return name + " stays the same app."
	}
	kind := " is changed."
	if s.Before == nil {
		kind = " is a new app."
	}
	if len(s.Risk.Reasons) == 0 {
		return fmt.Sprintf("%s%s Risk: %s.", name, kind, s.Risk.Level)
	}
	reasons := make([]string, len(s.Risk.Reasons))
	for i, reason := range s.Risk.Reasons {
		reasons[i] = plain(reason)
	}
	return fmt.Sprintf("%s%s Risk: %s, because %s.", name, kind, s.Risk.Level, strings.Join(shortly(reasons, 3), ", and "))
}

// line is a subject for which there is no room.
func line(s Subject) string {
	word := "fine"
	switch urgency(s) {
	case 0:
		word = fmt.Sprintf("%d to fix, first: %s", len(blocking(s)), plain(blocking(s)[0].Message))
	case 1:
		word = "could not be checked yet"
	case 2:
		var roles []string
		for _, role := range slices.Compact(slices.Sorted(slices.Values(s.Approvals.Missing))) {
			roles = append(roles, the(role))
		}
		word = "waiting for " + enumerate(roles, "and")
	}
	return fmt.Sprintf("- %s: %s\n", subjectName(s.Subject), word)
}

// subjectName is what people call a subject.
func subjectName(subject string) string {
	if subject == catalog.Governance {
		return "The catalog itself"
	}
	if subject == catalog.Strays {
		return "Some files"
	}
	return span(subject)
}

// writeTrouble says that nobody knows, which is nobody's fault in this change.
func (p Page) writeTrouble(b *strings.Builder, s Subject) {
	b.WriteString("Something went wrong on our side. There is nothing to fix in this change.\n\n")
	fmt.Fprintf(b, "**What happens next:** it is tried again by itself. Until then, %s.\n\n", meanwhile(s))
	var people []catalog.Name
	if p.People.Roles() != nil {
		for _, grant := range p.People.Roles().Roles["platform"] {
			people = append(people, grant.Person)
		}
	}
	help := "the platform team"
	if len(people) > 0 {
		help += ", such as " + enumerate(shortly(p.approvers().callAll(people), 3), "or")
	}
	fmt.Fprintf(b, "**Who can help:** %s. This is what they need to know: %s\n\n", help, spanOf(s.Reason, 300))
}

// writeReference closes a section with the names under which records and commands
// know it.
func writeReference(b *strings.Builder, s Subject) {
	var words []string
	if s.Digest != "" {
		words = append(words, "content "+span(s.Digest.Short()))
	}
	for i, p := range blocking(s) {
		if i == 0 && !slices.Contains([]string{"change", "schema", "governance"}, strings.Split(p.Rule, ".")[0]) {
			words = append(words, "more on what to fix: "+span("levee explain "+p.Rule))
		}
	}
	if len(words) > 0 {
		fmt.Fprintf(b, "\n<sub>%s</sub>\n", strings.Join(words, " · "))
	}
	b.WriteString("\n")
}
