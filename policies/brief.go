package policies

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/policies/advice"
)

// Brief is the whole input of one decision. It is recorded with the decision, so that an
// audit can decide again. NewBrief makes it; it is not changed afterwards.
type Brief struct {
	Kind     string             `json:"kind"`
	Subject  string             `json:"subject"`
	Path     string             `json:"path"`
	Policy   catalog.Digest     `json:"policy"`
	Digest   catalog.Digest     `json:"digest"`
	Invalid  []catalog.Problem  `json:"invalid,omitempty"` // the file's own problems: no rule is evaluated then
	Input    map[string]any     `json:"input,omitempty"`   // the input of rules
	Owners   []catalog.Name     `json:"owners,omitempty"`  // owner and fallback: the special role "owner"
	Required []Requirement      `json:"required,omitempty"`
	Files    []string           `json:"files,omitempty"` // other files in the app's folder that the change touches; no digest covers them
	Facts    Facts              `json:"facts"`
	Reviews  []catalog.Approval `json:"reviews,omitempty"`
	// Holders is who holds each role for the subject, by the governing roles.
	Holders map[string][]catalog.Name `json:"holders"`
	// Untrained are those among them who have not passed the courses that the settings ask of
	// approvers of such data: they can give no approval but that of the owner.
	Untrained []catalog.Name `json:"untrained,omitempty"`
	Now       time.Time      `json:"now"`
}

// Facts is the part of the input that is in no tree, such as what the forge and the ledger
// say. It is recorded with the decision, so that a replay needs neither.
type Facts struct {
	// Change is the change that proposes the content; nil for content that is judged without
	// one, such as what runs.
	Change *ChangeFacts `json:"change,omitempty"`
	// Admission is how the content that runs was admitted; nil unless the content
	// judged is the content admitted.
	Admission *AdmissionFacts `json:"admission,omitempty"`
	// Problems come from Git, such as that the content was changed on the base branch too.
	// They count like those of rules.
	Problems []catalog.Problem `json:"problems,omitempty"`
	// Secrets were found in the files of the subject that the change touches.
	Secrets []SecretFact `json:"secrets,omitempty"`
	// Before is what the same rules say of the same content without the change; nil
	// unless the change leaves the app's digest as it is.
	Before *Before `json:"before,omitempty"`
	// Since is, for running content, when each rule first denied it. It comes from the
	// ledger, so a restart does not restart a grace period.
	Since map[string]time.Time `json:"since,omitempty"`
}

// Before is the outcome of the rules before a change, which is not due to the change.
type Before struct {
	Denied []string `json:"denied"` // what rules found, each in one line
	Asked  []string `json:"asked"`  // roles whose approval was asked for
}

// BeforeOf makes a Before from the decision on the content without the change.
func BeforeOf(d Decision) *Before {
	b := Before{Denied: []string{}, Asked: []string{}}
	for _, p := range d.Problems {
		b.Denied = append(b.Denied, problemID(p))
	}
	for _, r := range d.Approvals.Required {
		b.Asked = append(b.Asked, r.Role)
	}
	return &b
}

// problemID identifies a problem by all but its path.
func problemID(p catalog.Problem) string { return p.Rule + " " + p.Field + " " + p.Message }

// ChangeFacts is what the forge attests about a change.
type ChangeFacts struct {
	ID   string `json:"id"`
	Base string `json:"base"`
	// Author is the person who asked, by id in roles.yaml; empty for somebody
	// whom roles.yaml does not know.
	Author catalog.Name `json:"author"`
	Bot    bool         `json:"bot"`
	// Contributors contributed to the content, the author included; none of them can
	// approve it.
	Contributors []catalog.Name `json:"contributors"`
}

// AdmissionFacts is how running content was admitted.
type AdmissionFacts struct {
	Roles   []string    `json:"roles"`   // the roles whose approval it has
	Adopted bool        `json:"adopted"` // it ran when the ledger was founded, and was never reviewed
	At      time.Time   `json:"at"`
	Drill   *DrillFacts `json:"drill,omitempty"` // nil where nobody can tell
}

// DrillFacts is what the ledger says of drills of an app's kill switch.
type DrillFacts struct {
	Last time.Time `json:"last,omitzero"` // when one last succeeded; zero for never
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
	// Home is set if the file at Path is the app that has the name already. Other files of
	// the same name are a problem of theirs and not of this one.
	Home bool
	// Stood is the app at Path before the change; nil for none.
	Stood *catalog.App
	// Files are the other files in the app's folder that the change touches. Contributors who
	// are not in the app's team need the owner's approval for them.
	Files     []string
	By        []catalog.Name // the contributors of Files
	Facts     Facts
	Approvals []catalog.Approval
	Now       time.Time // read once by the caller
}

// NewBrief makes the brief for a question. It does no I/O.
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
		b.Invalid = advice.New(q.Governing, q.Proposed, rules.Settings(), scalar.DateOf(q.Now, rules.Zone())).Advise(doc, doc.Problems)
		return b
	}
	owner := ownerOf(q.Admitted, app)
	b.Owners = owners(owner)
	places := secretPlaces(rules.Settings(), q.Governing.Roles(), app)
	b.Input = input(q, doc, app, rules.refCacheFor(q.Governing), rules.Signing(q.Governing), rules.Settings(), places, rules.Zone())
	b.Holders = holdersFor(q.Governing.Roles(), owner)
	maps.Copy(b.Holders, dataHolders(q.Governing, app))
	for _, team := range teamsAsked(places) {
		b.Holders[teamRole(team)] = q.Governing.Roles().Active(q.Governing.Roles().Teams[team].Members)
	}
	b.Untrained = untrained(q.Governing.Roles(), rules.Settings().Training.Approvers, app, b.Holders, scalar.DateOf(q.Now, rules.Zone()))
	if len(q.Files) > 0 {
		b.askOwner(q.Governing.Roles(), ownerOf(cmp.Or(q.Admitted, q.Stood), app), q.By, fmt.Sprintf("touches %s beside it", files(len(q.Files))))
	}
	return b
}

// mostFiles is how many of Files a brief lists.
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

// askOwner requires the owner's approval if a contributor is not in the app's team, to
// which the app's folder belongs.
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

// ownerOf is the owner whose approval counts: the admitted one, so that nobody who takes
// over an app can approve that.
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

// RolesOf lists the roles that a person holds for an app as admitted and proposed, either
// of which may be nil; for governance both are.
func RolesOf(governing *catalog.Snapshot, admitted, proposed *catalog.App, person catalog.Name) []string {
	list := []string{}
	for role, people := range holdersFor(governing.Roles(), ownerOf(admitted, proposed)) {
		if slices.Contains(people, person) {
			list = append(list, role)
		}
	}
	if proposed != nil {
		for role, people := range dataHolders(governing, proposed) {
			if slices.Contains(people, person) {
				list = append(list, role)
			}
		}
	}
	if roles := governing.Roles(); roles != nil {
		for team, t := range roles.Teams {
			if slices.Contains(roles.Active(t.Members), person) {
				list = append(list, teamRole(team))
			}
		}
	}
	slices.Sort(list)
	return list
}

// holdersFor lists the active holders of each role for an app, with the role "owner".
func holdersFor(roles *catalog.RolesSpec, owner catalog.Owner) map[string][]catalog.Name {
	held := holders(roles, owner.Team)
	held["owner"] = roles.Active(owners(owner))
	return held
}

// holders lists the active holders of each role for a team's apps.
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
		if people = roles.Active(people); len(people) > 0 {
			held[string(role)] = people
		}
	}
	return held
}
