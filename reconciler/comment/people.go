package comment

import (
	"cmp"
	"fmt"
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

// dataRole begins the roles of those who own data sets.
var dataRole = policies.DataRole("")

// the is a role in a sentence.
func the(role string) string {
	if roles := catalog.Approver(role).Roles(); len(roles) > 1 {
		words := make([]string, len(roles))
		for i, one := range roles {
			words[i] = the(one)
		}
		return enumerate(words, "or")
	}
	if role == "security" {
		return role
	}
	if team, ok := strings.CutPrefix(role, "team:"); ok {
		return "the team " + span(team)
	}
	if name, ok := strings.CutPrefix(role, dataRole); ok {
		return "the owner of the data set " + span(name)
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
	a := p.approvers()
	for _, need := range s.Approvals.Required {
		fmt.Fprintf(b, "- %s\n", a.requirement(s, need))
	}
	for _, said := range a.ignored(s) {
		fmt.Fprintf(b, "- ✗ %s\n", said)
	}
	if len(s.Approvals.Missing) > 0 && len(blocking(s)) == 0 {
		fmt.Fprintf(b, "\nTo agree, %s. It covers exactly what is listed here, and stays valid until some of it changes.\n", p.Agree)
	}
	b.WriteString("\n")
}

// reasonWords is why an approval is asked for, as the end of a sentence.
func reasonWords(s Subject, need policies.Requirement) string {
	if files, ok := strings.CutPrefix(need.Reason, "changes "); ok && s.Subject == catalog.Governance {
		return "it changes " + names(strings.Split(files, ", "), "and")
	}
	return strings.ReplaceAll(plain(need.Reason), "; ", ", and ")
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

// ignoredWords are what is named like a review and is none, each with why.
func ignoredWords(reasons []string) []string {
	lines := make([]string, len(reasons))
	for i, reason := range reasons {
		lines[i] = spanOf(reason, 300)
	}
	return lines
}
