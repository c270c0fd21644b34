package comment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/identity"
)

// roleWords is what people call the roles that rules ask for. Other roles are called
// by their name.
var roleWords = map[string]string{
	"product-owner": "product owner", "dpo": "data protection officer", "platform": "platform team", "cost-team": "cost team",
	"owner": "owner of the app",
}

// the is a role in a sentence.
func the(role string) string {
	if role == "security" {
		return role
	}
	if team, ok := strings.CutPrefix(role, "team:"); ok {
		return "the team " + span(team)
	}
	if words := roleWords[role]; words != "" {
		return "the " + words
	}
	return "the " + plain(strings.ReplaceAll(role, "-", " "))
}

// PersonName names a person as others know them, and by the account they act with, in
// code spans.
func PersonName(people identity.Directory, name catalog.Name) string {
	person, _ := people.Listed(name)
	login := cmp.Or(person.GitHub, string(name))
	if person.Name == "" || strings.EqualFold(person.Name, login) {
		return span(login)
	}
	return span(person.Name) + " (" + span(login) + ")"
}

func (p Page) called(name catalog.Name) string { return PersonName(p.People, name) }

func (p Page) callAll(people []catalog.Name) []string {
	list := make([]string, len(people))
	for i, name := range people {
		list[i] = p.called(name)
	}
	return list
}

// writePeople says who has to agree, why, and who did; and why an approval does not
// count, with what its giver can do.
func (p Page) writePeople(b *strings.Builder, s Subject) {
	if s.Unchanged && len(s.Approvals.Required) == 0 || s.Verdict == policies.Invalid {
		return
	}
	if len(s.Approvals.Required) == 0 {
		if len(blocking(s)) == 0 {
			b.WriteString("**Who has to agree:** nobody, because the risk is low.\n\n")
		}
		return
	}
	title := "**Who has to agree**"
	if len(blocking(s)) > 0 {
		title = "**Who has to agree, once it is fixed**"
	}
	b.WriteString(title + "\n")
	for _, need := range s.Approvals.Required {
		fmt.Fprintf(b, "- %s\n", p.requirement(s, need))
	}
	for _, said := range p.ignored(s) {
		fmt.Fprintf(b, "- ✗ %s\n", said)
	}
	if len(s.Approvals.Missing) > 0 && len(blocking(s)) == 0 {
		fmt.Fprintf(b, "\nTo agree, %s. It covers exactly what is listed here, and stays valid until some of it changes.\n", p.Agree)
	}
	b.WriteString("\n")
}

// requirement is one approval that is asked for.
func (p Page) requirement(s Subject, need policies.Requirement) string {
	role := the(need.Role)
	role = strings.ToUpper(role[:1]) + role[1:]
	var gave []catalog.Name
	for _, g := range s.Approvals.Granted {
		if g.Role == need.Role {
			gave = append(gave, g.Person)
		}
	}
	reason := reasonWords(s, need)
	can, left := p.canStill(s, need)
	if left == 0 {
		if len(gave) == 0 {
			return fmt.Sprintf("✓ %s agreed to this before.", role)
		}
		return fmt.Sprintf("✓ %s: %s agreed.", role, enumerate(p.callAll(gave), "and"))
	}
	gaveWords := ""
	if len(gave) > 0 {
		gaveWords = enumerate(p.callAll(gave), "and") + " agreed; "
	}
	if why := p.unable(s, need, can, left); why != "" {
		nobody := "nobody can agree"
		if len(gave) > 0 {
			nobody = "nobody else can agree"
		}
		return fmt.Sprintf("○ %s: %s%s at the moment (%s). It is needed because %s.", role, gaveWords, nobody, why, reason)
	}
	ask := "please ask "
	if len(gave) > 0 {
		ask = "please also ask "
	}
	from := gaveWords + ask + enumerate(shortly(p.callAll(can), 5), "or")
	if left > 1 {
		from = fmt.Sprintf("%s%s%d of %s", gaveWords, ask, left, enumerate(shortly(p.callAll(can), 5), "and"))
	}
	return fmt.Sprintf("○ %s: %s, because %s.", role, from, reason)
}

// reasonWords is why an approval is asked for, as the end of a sentence.
func reasonWords(s Subject, need policies.Requirement) string {
	if files, ok := strings.CutPrefix(need.Reason, "changes "); ok && s.Subject == catalog.Governance {
		return "it changes " + names(strings.Split(files, ", "), "and")
	}
	return strings.ReplaceAll(plain(need.Reason), "; ", ", and ")
}

// ignored says why approvals do not count, and what their givers can do. One that
// somebody gave again needs no word.
func (p Page) ignored(s Subject) []string {
	var said []string
	before := map[string][]string{} // what changed since, and who had agreed by then
	var order []string
	for _, i := range s.Approvals.Ignored {
		person := p.called(i.Person)
		given := s.Approval(i.ID)
		switch {
		case slices.ContainsFunc(s.Approvals.Granted, func(g policies.Granted) bool { return g.Person == i.Person }):
		case p.unsettled(s, given):
			said = append(said, fmt.Sprintf("%s approved too soon: the content changed while they were reading. To make it count, look again and write %s as a comment, or approve once more.",
				person, span("/levee confirm "+s.Digest.Short())))
		case given.Digest != "" && given.Digest != s.Digest:
			changed := changedSince(s.Since[i.ID])
			if before[changed] == nil {
				order = append(order, changed)
			}
			if !slices.Contains(before[changed], person) {
				before[changed] = append(before[changed], person)
			}
		case slices.Contains(contributors(p, s), i.Person):
			said = append(said, fmt.Sprintf("%s approved, but had a hand in this change. Nobody agrees to their own work.", person))
		default:
			said = append(said, fmt.Sprintf("The approval by %s does not count: %s.", person, plain(i.Reason)))
		}
	}
	for _, changed := range order {
		said = append(said, fmt.Sprintf("%s agreed to something else: %s. Please look again.", enumerate(before[changed], "and"), changed))
	}
	return said
}

func changedSince(edits []catalog.FieldEdit) string {
	if len(edits) == 0 {
		return "the content has changed since"
	}
	words := make([]string, len(edits))
	for i, e := range edits {
		words[i] = inWords(e)
	}
	return "since then " + enumerate(shortly(words, 3), "and")
}

// unsettled reports whether an approval was given too soon after the verdict could be
// read, and waits for its giver to confirm it.
func (p Page) unsettled(s Subject, a catalog.Approval) bool {
	if p.Settings == nil || a.ID == "" || a.Digest != s.Digest || !slices.ContainsFunc(s.Approvals.Ignored, func(i policies.Ignored) bool { return i.ID == a.ID }) {
		return false
	}
	return !a.Settled(p.Settings.Approvals.Settle.Std())
}

// contributors had a hand in a subject.
func contributors(p Page, s Subject) []catalog.Name {
	return p.People.ChangeFacts(p.Change, nil, s.Folders...).Contributors
}

// ignoredWords are what is named like a review and is none, each with why.
func ignoredWords(reasons []string) []string {
	lines := make([]string, len(reasons))
	for i, reason := range reasons {
		lines[i] = spanOf(reason, 300)
	}
	return lines
}
