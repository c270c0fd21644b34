package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
)

// approvers tells who can agree to what a change touches, and what is to be said of those who
// cannot, or did already.
type approvers struct {
	people    identity.Directory
	settings  *settings.Settings
	governing *catalog.Snapshot
	change    forge.Change
}

func (p Page) approvers() approvers {
	return approvers{p.People, p.Settings, p.Governing, p.Change}
}

// contributors had a hand in a subject.
func (a approvers) contributors(s Subject) []catalog.Name {
	return a.people.ChangeFacts(a.change, nil, s.Folders...).Contributors
}

// canStill lists who can give what is still missing in a role, and how many of them are
// needed.
func (a approvers) canStill(s Subject, need policies.Requirement) (can []catalog.Name, left int) {
	for _, role := range s.Approvals.Missing {
		if role == need.Role {
			left++
		}
	}
	can = need.From
	if a.settings == nil || !a.settings.Approvals.SamePerson {
		can = canGive(s, need)
	}
	if a.people.Proof() == "" {
		return can, left
	}
	return slices.DeleteFunc(slices.Clone(can), func(person catalog.Name) bool { return !a.people.CanProve(person) }), left
}

// canGive lists who can give a missing approval: whoever gave another one cannot.
func canGive(s Subject, need policies.Requirement) []catalog.Name {
	return slices.DeleteFunc(slices.Clone(need.From), func(person catalog.Name) bool {
		return slices.ContainsFunc(s.Approvals.Granted, func(g policies.Granted) bool { return g.Person == person })
	})
}

func (a approvers) callAll(people []catalog.Name) []string {
	list := make([]string, len(people))
	for i, name := range people {
		list[i] = PersonName(a.people, name)
	}
	return list
}

// requirement is one approval that is asked for.
func (a approvers) requirement(s Subject, need policies.Requirement) string {
	role := the(need.Role)
	role = strings.ToUpper(role[:1]) + role[1:]
	var gave []catalog.Name
	for _, g := range s.Approvals.Granted {
		if g.Role == need.Role {
			gave = append(gave, g.Person)
		}
	}
	reason := reasonWords(s, need)
	can, left := a.canStill(s, need)
	if left == 0 {
		if len(gave) == 0 {
			return fmt.Sprintf("✓ %s agreed to this before.", role)
		}
		return fmt.Sprintf("✓ %s: %s agreed.", role, enumerate(a.callAll(gave), "and"))
	}
	gaveWords := ""
	if len(gave) > 0 {
		gaveWords = enumerate(a.callAll(gave), "and") + " agreed; "
	}
	if why := a.unable(s, need, can, left); why != "" {
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
	from := gaveWords + ask + enumerate(shortly(a.callAll(can), 5), "or")
	if left > 1 {
		from = fmt.Sprintf("%s%s%d of %s", gaveWords, ask, left, enumerate(shortly(a.callAll(can), 5), "and"))
	}
	return fmt.Sprintf("○ %s: %s, because %s.", role, from, reason)
}

// ignored says why approvals do not count, and what their givers can do. One that
// somebody gave again needs no word.
func (a approvers) ignored(s Subject) []string {
	var said []string
	before := map[string][]string{} // what changed since, and who had agreed by then
	var order []string
	for _, i := range s.Approvals.Ignored {
		person := PersonName(a.people, i.Person)
		given := s.Approval(i.ID)
		switch {
		case slices.ContainsFunc(s.Approvals.Granted, func(g policies.Granted) bool { return g.Person == i.Person }):
		case a.unsettled(s, given):
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
		case slices.Contains(a.contributors(s), i.Person):
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

// unsettled reports whether an approval was given too soon after the verdict could be
// read, and waits for its giver to confirm it.
func (a approvers) unsettled(s Subject, given catalog.Approval) bool {
	if a.settings == nil || given.ID == "" || given.Digest != s.Digest || !slices.ContainsFunc(s.Approvals.Ignored, func(i policies.Ignored) bool { return i.ID == given.ID }) {
		return false
	}
	return !given.Settled(a.settings.Approvals.Settle.Std())
}
