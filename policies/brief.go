package policies

import (
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// Brief is everything that bears on one decision, in a form that can be written
// down and judged again. It is made by NewBrief and not changed afterwards.
type Brief struct {
	Kind     string             `json:"kind"`
	Subject  string             `json:"subject"`
	Path     string             `json:"path"`
	Policy   catalog.Digest     `json:"policy"`
	Digest   catalog.Digest     `json:"digest"`
	Invalid  []catalog.Problem  `json:"invalid,omitempty"` // the file's own problems: it is judged no further
	Input    map[string]any     `json:"input,omitempty"`   // what rules see
	Owners   []catalog.Name     `json:"owners,omitempty"`  // who answers for the app: the special role "owner"
	Required []Requirement      `json:"required,omitempty"`
	Facts    Facts              `json:"facts"`
	Reviews  []catalog.Approval `json:"reviews,omitempty"`
	// Holders is who holds each role for the subject, by the governing roles.
	Holders map[string][]catalog.Name `json:"holders"`
	Now     time.Time                 `json:"now"`
}

// Facts is what stands in no tree. It is recorded with the decision, so that a
// replay asks nobody.
type Facts struct {
	// Change is the change the content is proposed by; nil for content judged on
	// its own (it runs already, or is only looked at).
	Change *ChangeFacts `json:"change,omitempty"`
	// Admission is how the content that runs was admitted; nil unless the content
	// judged is the content admitted.
	Admission *AdmissionFacts `json:"admission,omitempty"`
	// Problems are what Git itself shows about the content, such as that it was
	// changed on the base branch too. They count like those of rules.
	Problems []catalog.Problem `json:"problems,omitempty"`
	// Since is, for running content, when each rule was first seen to deny it. It
	// comes from the ledger, so a restart does not restart a grace.
	Since map[string]time.Time `json:"since,omitempty"`
}

// ChangeFacts is what the forge attests about a change.
type ChangeFacts struct {
	ID   string `json:"id"`
	Base string `json:"base"`
	// Author is the person who asked, by id in roles.yaml; empty for somebody
	// whom roles.yaml does not know.
	Author catalog.Name `json:"author"`
	Bot    bool         `json:"bot"`
	// Contributors had a hand in the content, the author included; none of them
	// can approve it.
	Contributors []catalog.Name `json:"contributors"`
}

// AdmissionFacts is how running content was admitted.
type AdmissionFacts struct {
	Roles   []string  `json:"roles"`   // whose approval it has
	Adopted bool      `json:"adopted"` // taken over when the ledger began, never reviewed
	At      time.Time `json:"at"`
}

// Question is what is to be decided about one app.
type Question struct {
	Governing *catalog.Snapshot
	Proposed  *catalog.Snapshot
	Path      string // the app's file in Proposed
	// Document is what is judged where Proposed holds something else at Path:
	// content that runs while other content is held. Nil for what Proposed holds.
	Document  *catalog.Document
	Admitted  *catalog.App // what was admitted last; nil for the first publication
	Facts     Facts
	Approvals []catalog.Approval
	Now       time.Time // read once by the caller
}

// NewBrief gathers what bears on a question. It costs some tens of microseconds
// and does no I/O.
func NewBrief(q Question, rules *RuleSet) Brief {
	doc := q.Document
	if doc == nil {
		doc = q.Proposed.Document(q.Path)
	}
	b := Brief{
		Kind: string(catalog.KindApp), Path: q.Path, Policy: rules.Digest(),
		Facts: q.Facts, Reviews: q.Approvals, Now: q.Now.UTC(), Holders: map[string][]catalog.Name{},
	}
	if doc == nil {
		return b
	}
	b.Subject, b.Digest = doc.Name, doc.Digest()
	app := doc.App()
	if app == nil {
		b.Invalid = doc.Problems
		return b
	}
	owner := ownerOf(q.Admitted, app)
	b.Owners = owners(owner)
	b.Input = input(q, doc, app, rules.behind(q.Governing), catalog.DateOf(q.Now, rules.zone))
	b.Holders = holdersFor(q.Governing.Roles(), owner)
	return b
}

// ownerOf is who answers for an app: whoever takes one over cannot agree to it in the
// owner's place.
func ownerOf(admitted, proposed *catalog.App) catalog.Owner {
	switch {
	case admitted != nil:
		return admitted.Spec.Owner
	case proposed != nil:
		return proposed.Spec.Owner
	}
	return catalog.Owner{}
}

func owners(owner catalog.Owner) []catalog.Name {
	list := []catalog.Name{owner.Person}
	if owner.Fallback != "" {
		list = append(list, owner.Fallback)
	}
	return list
}

// RolesOf lists the roles that somebody holds for an app, of which something may be
// admitted and something is proposed; for governance, where there is neither.
func RolesOf(governing *catalog.Snapshot, admitted, proposed *catalog.App, person catalog.Name) []string {
	list := []string{}
	for role, people := range holdersFor(governing.Roles(), ownerOf(admitted, proposed)) {
		if slices.Contains(people, person) {
			list = append(list, role)
		}
	}
	slices.Sort(list)
	return list
}

// holdersFor lists who can act in each role for an app, its owner among them.
func holdersFor(roles *catalog.RolesSpec, owner catalog.Owner) map[string][]catalog.Name {
	held := holders(roles, owner.Team)
	held["owner"] = active(roles, owners(owner))
	return held
}

// holders lists who can act in each role for a team's apps: people who are there
// and no bots.
func holders(roles *catalog.RolesSpec, team catalog.Name) map[string][]catalog.Name {
	held := map[string][]catalog.Name{}
	if roles == nil {
		return held
	}
	for role, grants := range roles.Roles {
		var people []catalog.Name
		for _, g := range grants {
			if len(g.Teams) == 0 || slices.Contains(g.Teams, team) {
				people = append(people, g.Person)
			}
		}
		if people = active(roles, people); len(people) > 0 {
			held[string(role)] = people
		}
	}
	return held
}

// active keeps those who can act, sorted and each once.
func active(roles *catalog.RolesSpec, people []catalog.Name) []catalog.Name {
	var kept []catalog.Name
	for _, name := range people {
		if roles == nil {
			break
		}
		if person, ok := roles.People[name]; ok && !person.Bot && !person.Left {
			kept = append(kept, name)
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}
