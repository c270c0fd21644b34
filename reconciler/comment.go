package reconciler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// maxSummary keeps a verdict under what forges take, in bytes.
const maxSummary = 60_000

// fullSections is how many subjects of a change are shown whole. The rest is a line
// each: nobody reads further, and `levee check` does.
const fullSections = 3

// page is all that a comment on a change is written from. It has two readers: a
// creator who is no developer and wants to know what to do, and a reviewer who has a
// minute to see what changes in meaning. So it goes from what is to be done, over
// what changes and who has to agree, to what happens then.
//
// Values that others wrote stand in code spans only, so that they cannot speak in
// our name.
type page struct {
	out      Reviewed
	change   forge.Change
	who      who
	settings *catalog.Settings
	lands    bool   // the daemon merges by itself
	refused  string // why the forge did not merge it; empty where it did not refuse
	agree    string // how to agree, as the end of a sentence
	about    map[string]about
}

// about is what is known of one subject beside its decision.
type about struct {
	path    string
	app     *catalog.App // as proposed; nil for governance, and for a file that cannot be read
	before  *catalog.App // as admitted; nil for the first publication
	until   catalog.Date // when the app is asked about next, where the change renews it
	reviews []catalog.Approval
	// since is what changed after an approval that was given for other content, by
	// its id; nothing for one of which it is not known.
	since  map[string][]catalog.FieldEdit
	areas  map[string]bool // that rules in force look at
	files  []string        // of governance: what it changes, in words
	impact impact          // of governance
}

// verdict renders the page.
func (p page) verdict() forge.Verdict {
	v := forge.Verdict{State: p.out.State, Title: p.title()}
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", v.Title)
	for _, note := range shortly(p.out.Notes, 5) {
		fmt.Fprintf(&b, "%s\n\n", plain(note))
	}
	decisions := slices.Clone(p.out.Decisions)
	slices.SortStableFunc(decisions, func(x, y policies.Decision) int { return cmp.Compare(p.urgency(x), p.urgency(y)) })
	for i, d := range decisions {
		section := p.section(d)
		if i >= fullSections {
			section = p.line(d)
		}
		if b.Len()+len(section) > maxSummary-1000 {
			b.WriteString("\nThere is more than fits here; `levee check` shows all of it.\n")
			break
		}
		b.WriteString(section)
		v.Notes = append(v.Notes, decisionNotes(d)...)
	}
	if len(decisions) == 0 {
		b.WriteString("This changes no file, so there is nothing to publish. Put a file on this branch that differs, or give the change up.\n")
	}
	writeList(&b, "\n**What does not count**", ignoredWords(p.change.Ignored))
	v.Summary = b.String()
	return v
}

// urgency puts what is to be mended before what waits, and that before what is done.
func (p page) urgency(d policies.Decision) int {
	switch {
	case len(p.blocking(d)) > 0:
		return 0
	case d.Verdict == policies.Error:
		return 1
	case len(d.Approvals.Missing) > 0:
		return 2
	}
	return 3
}

// title is the whole review in one line.
func (p page) title() string {
	problems, missing := 0, map[string]bool{}
	for _, d := range p.out.Decisions {
		problems += len(p.blocking(d))
		for _, role := range d.Approvals.Missing {
			missing[role] = true
		}
	}
	switch p.out.State {
	case forge.Success:
		if p.unchanged() && len(p.out.Decisions) > 0 {
			return "Fine: nothing changes in meaning"
		}
		return "Fine: nothing is missing"
	case forge.Pending:
		var roles []string
		for _, role := range sortedApps(missing) {
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
func (p page) unchanged() bool {
	return !slices.ContainsFunc(p.out.Decisions, func(d policies.Decision) bool { return !p.out.Unchanged[d.Subject] })
}

// section is all there is to say of one subject.
func (p page) section(d policies.Decision) string {
	var b strings.Builder
	a := p.about[d.Subject]
	fmt.Fprintf(&b, "%s\n\n", p.heading(d, a))
	if d.Verdict == policies.Error {
		p.writeTrouble(&b, d, a)
		return b.String()
	}
	p.writeFix(&b, d, a)
	p.writeChanges(&b, d, a)
	p.writePeople(&b, d, a)
	p.writeRemarks(&b, d)
	p.writeFine(&b, d, a)
	p.writeNext(&b, d, a)
	writeReference(&b, d, p.blocking(d))
	return b.String()
}

// heading names a subject, and how much care it asks for.
func (p page) heading(d policies.Decision, a about) string {
	name := "**" + subjectName(d.Subject) + "**"
	switch {
	case d.Subject == catalog.Governance:
		return name + ": what every app is judged by."
	case d.Subject == catalog.Strays:
		return name + " cannot be published as they are."
	case d.Verdict == policies.Error:
		return name + " could not be checked."
	case d.Verdict == policies.Invalid:
		return name + " cannot be read."
	case d.Kind == policies.KindRemoval:
		return name + " is taken away."
	case p.out.Unchanged[d.Subject]:
		return name + " stays the same app."
	}
	kind := " is changed."
	if a.before == nil {
		kind = " is a new app."
	}
	if len(d.Risk.Reasons) == 0 {
		return fmt.Sprintf("%s%s Risk: %s.", name, kind, d.Risk.Level)
	}
	reasons := make([]string, len(d.Risk.Reasons))
	for i, reason := range d.Risk.Reasons {
		reasons[i] = plain(reason)
	}
	return fmt.Sprintf("%s%s Risk: %s, because %s.", name, kind, d.Risk.Level, strings.Join(shortly(reasons, 3), ", and "))
}

// line is a subject for which there is no room.
func (p page) line(d policies.Decision) string {
	word := "fine"
	switch p.urgency(d) {
	case 0:
		word = fmt.Sprintf("%d to fix, first: %s", len(p.blocking(d)), plain(p.blocking(d)[0].Message))
	case 1:
		word = "could not be checked yet"
	case 2:
		var roles []string
		for _, role := range slices.Compact(slices.Sorted(slices.Values(d.Approvals.Missing))) {
			roles = append(roles, the(role))
		}
		word = "waiting for " + enumerate(roles, "and")
	}
	return fmt.Sprintf("- %s: %s\n", subjectName(d.Subject), word)
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
func (p page) writeTrouble(b *strings.Builder, d policies.Decision, a about) {
	b.WriteString("Something went wrong on our side. There is nothing to fix in this change.\n\n")
	fmt.Fprintf(b, "**What happens next:** it is tried again by itself. Until then, %s.\n\n", p.meanwhile(a))
	var people []catalog.Name
	if p.who.roles != nil {
		for _, grant := range p.who.roles.Roles["platform"] {
			people = append(people, grant.Person)
		}
	}
	help := "the platform team"
	if len(people) > 0 {
		help += ", such as " + enumerate(shortly(p.who.callAll(people), 3), "or")
	}
	fmt.Fprintf(b, "**Who can help:** %s. This is what they need to know: %s\n\n", help, spanOf(d.Reason, 300))
}

// writeReference closes a section with the names under which records and commands
// know it.
func writeReference(b *strings.Builder, d policies.Decision, blocking []catalog.Problem) {
	var words []string
	if d.Digest != "" {
		words = append(words, "content "+span(d.Digest.Short()))
	}
	for i, p := range blocking {
		if i == 0 && !slices.Contains([]string{"change", "schema", "governance"}, strings.Split(p.Rule, ".")[0]) {
			words = append(words, "more on what to fix: "+span("levee explain "+p.Rule))
		}
	}
	if len(words) > 0 {
		fmt.Fprintf(b, "\n<sub>%s</sub>\n", strings.Join(words, " · "))
	}
	b.WriteString("\n")
}
