package policies

import (
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
)

// countApprovals finds out which of the reviews count as approvals, and which required approvals
// are missing.
//
// Content that was admitted keeps the approvals it was admitted with, also if their givers
// have left since.
func countApprovals(b Brief, required []Requirement, settings settings.Approvals) Approvals {
	a := Approvals{Required: required, Granted: []Granted{}, Missing: []string{}}
	valid, ignored := b.splitReviews(settings)
	a.Ignored = ignored
	for i := range required {
		a.Required[i].From = b.eligible(required[i].Role)
		a.Untrained = append(a.Untrained, b.untrainedIn(required[i].Role)...)
	}
	slices.Sort(a.Untrained)
	a.Untrained = slices.Compact(a.Untrained)
	slots := []string{}
	for _, r := range required {
		if b.Facts.Admission != nil && (b.Facts.Admission.Adopted || coveredBy(b.Facts.Admission.Roles, r.Role)) {
			continue
		}
		for range r.Count {
			slots = append(slots, r.Role)
		}
	}
	for slot, review := range b.assign(slots, valid, settings.SamePerson) {
		if review == nil {
			a.Missing = append(a.Missing, slots[slot])
		} else {
			a.Granted = append(a.Granted, Granted{Role: slots[slot], Person: review.Person, ID: review.ID, At: review.At})
		}
	}
	return a
}

// eligible lists who can give an approval: the holders of the role who are no
// contributors.
func (b Brief) eligible(role string) []catalog.Name {
	people := []catalog.Name{}
	for _, person := range b.holdersOf(role) {
		if b.Facts.Change == nil || !slices.Contains(b.Facts.Change.Contributors, person) {
			people = append(people, person)
		}
	}
	return people
}

// untrainedIn lists who holds a role and cannot approve in it.
func (b Brief) untrainedIn(role string) []catalog.Name {
	var people []catalog.Name
	for _, one := range catalog.Approver(role).Roles() {
		for _, person := range b.Holders[one] {
			if !b.holds(one, person) {
				people = append(people, person)
			}
		}
	}
	return people
}

// splitReviews splits the approvals of the subject into those that count and those that do
// not, the latter with the reason.
func (b Brief) splitReviews(settings settings.Approvals) (valid []catalog.Approval, ignored []Ignored) {
	reviews := slices.Clone(b.Reviews)
	// Those captured at one moment stay in the order they were given.
	slices.SortStableFunc(reviews, func(x, y catalog.Approval) int { return x.At.Compare(y.At) })
	for i, r := range reviews {
		if r.Review != catalog.Approve || r.Subject != b.Subject {
			continue
		}
		if reason := b.whyIgnored(r, withdrawals(reviews, i), settings); reason != "" {
			ignored = append(ignored, Ignored{Person: r.Person, ID: r.ID, Reason: reason})
			continue
		}
		valid = append(valid, r)
	}
	return valid, ignored
}

// withdrawals lists the reviews that could withdraw review i: those captured after it, and
// those given after it but captured before. An approval that was kept hidden until its
// giver had withdrawn is withdrawn by that.
func withdrawals(reviews []catalog.Approval, i int) []catalog.Approval {
	r := reviews[i]
	later := slices.Clone(reviews[i+1:])
	for _, l := range reviews[:i] {
		if !r.Given.IsZero() && !l.Given.IsZero() && l.Given.After(r.Given) {
			later = append(later, l)
		}
	}
	return later
}

// whyIgnored returns why an approval does not count; empty if it does.
func (b Brief) whyIgnored(r catalog.Approval, later []catalog.Approval, settings settings.Approvals) string {
	change := b.Facts.Change
	switch {
	case change == nil || r.Change != change.ID || r.Base != change.Base:
		return "it was given for another change"
	case r.Digest != b.Digest:
		return fmt.Sprintf("it was given for %s; the content is now %s", r.Digest.Short(), b.Digest.Short())
	case slices.Contains(change.Contributors, r.Person):
		return "its giver had a hand in this content"
	case len(b.rolesOf(r.Person)) == 0:
		return "its giver holds no role for this app"
	case !slices.ContainsFunc(b.rolesOf(r.Person), func(role string) bool { return b.holds(role, r.Person) }):
		return "its giver has not passed the courses that approvers of such data need"
	case !slices.ContainsFunc(b.rolesOf(r.Person), func(role string) bool { return b.gaveInRole(r, role) }):
		return "its giver held no role for this app when it was given; approve once more"
	case slices.ContainsFunc(later, func(l catalog.Approval) bool {
		return l.Person == r.Person && l.Subject == r.Subject && l.Change == r.Change && l.Review != catalog.Approve
	}):
		return "it was withdrawn"
	case !r.Settled(settings.Settle.Std()):
		return fmt.Sprintf("the content changed while it was being read; confirm %s", b.Digest.Short())
	}
	return ""
}

// gaveInRole reports whether the giver of an approval holds a role now, and held it when the
// approval was given; of several, one and the same of them.
func (b Brief) gaveInRole(r catalog.Approval, role string) bool {
	return slices.ContainsFunc(catalog.Approver(role).Roles(), func(one string) bool {
		return b.holds(one, r.Person) && (r.Roles == nil || slices.Contains(r.Roles, one))
	})
}

// holds reports whether a person holds a role and can approve in it.
func (b Brief) holds(role string, person catalog.Name) bool {
	return slices.Contains(b.Holders[role], person) && (role == ownerRole || !slices.Contains(b.Untrained, person))
}

// holdersOf lists who holds a role, or any of several, and can approve in it.
func (b Brief) holdersOf(role string) []catalog.Name {
	var people []catalog.Name
	for _, one := range catalog.Approver(role).Roles() {
		for _, person := range b.Holders[one] {
			if b.holds(one, person) {
				people = append(people, person)
			}
		}
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// coveredBy reports whether one of some approvals, by their roles, is enough for a role that is
// asked for.
func coveredBy(roles []string, asked string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return covers(role, asked) })
}

// covers reports whether an approval in a role is one in a role that is asked for: whichever
// of several roles it was given in is asked for too.
func covers(role, asked string) bool {
	of := catalog.Approver(asked).Roles()
	return !slices.ContainsFunc(catalog.Approver(role).Roles(), func(one string) bool { return !slices.Contains(of, one) })
}

func (b Brief) rolesOf(person catalog.Name) []string {
	var roles []string
	for role, people := range b.Holders {
		if slices.Contains(people, person) {
			roles = append(roles, role)
		}
	}
	slices.Sort(roles)
	return roles
}

// assign assigns reviews to slots, one slot for each required approval, and fills as many
// slots as possible. Unless samePerson is set, a person fills one slot at most: that is a
// maximum matching, found by augmenting paths.
func (b Brief) assign(slots []string, reviews []catalog.Approval, samePerson bool) []*catalog.Approval {
	filled := make([]*catalog.Approval, len(slots))
	if samePerson {
		used := map[string]bool{} // a person counts once for each role
		for i, role := range slots {
			for r := range reviews {
				if key := role + "\x00" + string(reviews[r].Person); b.gaveInRole(reviews[r], role) && !used[key] {
					filled[i], used[key] = &reviews[r], true
					break
				}
			}
		}
		return filled
	}
	holder := map[catalog.Name]int{} // person → slot
	var fill func(slot int, tried map[catalog.Name]bool) bool
	fill = func(slot int, tried map[catalog.Name]bool) bool {
		for r := range reviews {
			person := reviews[r].Person
			if tried[person] || !b.gaveInRole(reviews[r], slots[slot]) {
				continue
			}
			tried[person] = true
			if other, taken := holder[person]; !taken || fill(other, tried) {
				holder[person], filled[slot] = slot, &reviews[r]
				return true
			}
		}
		return false
	}
	for slot := range slots {
		fill(slot, map[catalog.Name]bool{})
	}
	return filled
}
