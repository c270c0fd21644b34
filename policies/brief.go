package policies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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
	Files    []string           `json:"files,omitempty"` // that the change touches beside the app's own, which no digest covers
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
	// Before is what the same rules say of the same content without the change; nil
	// unless the change leaves the meaning of the app alone.
	Before *Before `json:"before,omitempty"`
	// Since is, for running content, when each rule was first seen to deny it. It
	// comes from the ledger, so a restart does not restart a grace.
	Since map[string]time.Time `json:"since,omitempty"`
}

// Before is what was so before a change, and is not the change's doing.
type Before struct {
	Denied []string `json:"denied"` // what rules found, each in one line
	Asked  []string `json:"asked"`  // roles whose approval was asked for
}

// BeforeOf is what a decision on content says for a change that leaves it alone.
func BeforeOf(d Decision) *Before {
	b := Before{Denied: []string{}, Asked: []string{}}
	for _, p := range d.Problems {
		b.Denied = append(b.Denied, stood(p))
	}
	for _, r := range d.Approvals.Required {
		b.Asked = append(b.Asked, r.Role)
	}
	return &b
}

// stood names what a rule found, wherever the file lies.
func stood(p catalog.Problem) string { return p.Rule + " " + p.Field + " " + p.Message }

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
	Document *catalog.Document
	Admitted *catalog.App // what was admitted last; nil for the first publication
	// Home is set where the file at Path is the app that has the name already: others
	// that claim it are wrong, and not this one.
	Home bool
	// Stood is what stood at the app's place before the change; nil for nothing.
	Stood *catalog.App
	// Files are the files beside the app's own that the change touches. Who is not of
	// the app's team needs the owner's approval for them.
	Files     []string
	By        []catalog.Name // who had a hand in the files
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
	b.Subject, b.Digest, b.Files = doc.Name, doc.Digest(), bounded(q.Files)
	app := doc.App()
	if app == nil {
		b.Invalid = newAdvisor(q.Governing, q.Proposed, rules.settings, catalog.DateOf(q.Now, rules.zone)).advise(doc, doc.Problems)
		return b
	}
	owner := ownerOf(q.Admitted, app)
	b.Owners = owners(owner)
	places := secretPlaces(rules.settings, q.Governing.Roles(), app)
	b.Input = input(q, doc, app, rules.behind(q.Governing), rules.settings, places, catalog.DateOf(q.Now, rules.zone))
	b.Holders = holdersFor(q.Governing.Roles(), owner)
	for _, team := range teamsAsked(places) {
		b.Holders[teamRole(team)] = active(q.Governing.Roles(), q.Governing.Roles().Teams[team].Members)
	}
	if len(q.Files) > 0 {
		b.askOwner(q.Governing.Roles(), ownerOf(cmp.Or(q.Admitted, q.Stood), app), q.By, fmt.Sprintf("touches %s beside it", files(len(q.Files))))
	}
	return b
}

// mostFiles is how many of the files beside an app a brief names.
const mostFiles = 100

func bounded(files []string) []string {
	if len(files) > mostFiles {
		return append(slices.Clone(files[:mostFiles]), fmt.Sprintf("%d more", len(files)-mostFiles))
	}
	return files
}

func files(n int) string {
	if n == 1 {
		return "a file"
	}
	return fmt.Sprintf("%d files", n)
}

// askOwner asks for the owner's approval where somebody had a hand in the change who is
// not of the app's team: what lies in its folder belongs to the team.
func (b *Brief) askOwner(roles *catalog.RolesSpec, owner catalog.Owner, by []catalog.Name, what string) {
	if b.Facts.Change == nil {
		return
	}
	team := owners(owner)
	if roles != nil {
		team = append(team, roles.Teams[owner.Team].Members...)
	}
	var strangers []string
	for _, person := range by {
		if !slices.Contains(team, person) {
			strangers = append(strangers, "`"+string(person)+"`")
		}
	}
	if b.Facts.Change.Author == "" {
		strangers = append(strangers, "a bot")
	}
	if len(strangers) > 0 {
		b.Required = append(b.Required, Requirement{
			Role: "owner", Count: 1,
			Reason: fmt.Sprintf("%s, who is not of the team `%s`, %s", strings.Join(shorten(strangers), ", "), owner.Team, what),
		})
	}
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
	if roles := governing.Roles(); roles != nil {
		for team, t := range roles.Teams {
			if slices.Contains(active(roles, t.Members), person) {
				list = append(list, teamRole(team))
			}
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
