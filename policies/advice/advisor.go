package advice

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// Advisor looks up values that could stand in a file of a catalog: names that exist there,
// and dates that pass. They go into remedies; no verdict depends on them.
type Advisor struct {
	governing, proposed *catalog.Snapshot
	settings            *catalog.Settings
	today               catalog.Date
}

// New makes the advisor of one judgement: on files of proposed, with what exists in governing
// and under its settings, which may be nil, on one day.
func New(governing, proposed *catalog.Snapshot, settings *catalog.Settings, today catalog.Date) Advisor {
	if settings == nil {
		settings = &catalog.Settings{}
	}
	return Advisor{governing: governing, proposed: proposed, settings: settings, today: today}
}

// For makes the advisor of a catalog as it stands.
func For(s *catalog.Snapshot, now time.Time) Advisor {
	zone := time.UTC
	if settings := s.Settings(); settings != nil {
		zone = settings.Location()
	}
	return New(s, s, s.Settings(), scalar.DateOf(now, zone))
}

func (a Advisor) roles() *catalog.RolesSpec {
	if roles := a.governing.Roles(); roles != nil {
		return roles
	}
	return &catalog.RolesSpec{}
}

// teams lists the teams by name.
func (a Advisor) teams() []string { return texts(slices.Sorted(maps.Keys(a.roles().Teams))) }

// canOwn lists the active members of a team, those with a valid certification first. Where
// there is no such team it lists those of all teams.
func (a Advisor) canOwn(team catalog.Name) []string {
	roles := a.roles()
	members := roles.Teams[team].Members
	if len(members) == 0 {
		for _, t := range roles.Teams {
			members = append(members, t.Members...)
		}
	}
	people := roles.Active(members)
	slices.SortStableFunc(people, func(x, y catalog.Name) int { return cmp.Compare(a.untrained(x), a.untrained(y)) })
	return texts(people)
}

func (a Advisor) untrained(person catalog.Name) int {
	for _, c := range a.roles().People[person].Certifications {
		if c.Until >= a.today {
			return 0
		}
	}
	return 1
}

// personMeant is the id of the person with a name or e-mail address, or with a similar id;
// empty for none.
func (a Advisor) personMeant(word string) string {
	roles := a.roles()
	people := roles.Active(slices.Collect(maps.Keys(roles.People)))
	for _, id := range people {
		if p := roles.People[id]; strings.EqualFold(p.Name, word) || p.Email != "" && strings.EqualFold(p.Email, word) || strings.EqualFold(string(id), word) && string(id) != word {
			return string(id)
		}
	}
	return closest(word, texts(people))
}

// closest is the known name most similar to a word; empty if none is similar, or if the word
// is known.
func closest(word string, known []string) string {
	slices.Sort(known)
	if meant := guess.Closest(strings.ReplaceAll(word, " ", "-"), known); meant != word {
		return meant
	}
	return ""
}

// teamsFor lists the teams that an app of a person could belong to.
func (a Advisor) teamsFor(person catalog.Name) []string {
	if list := a.teamsOf(person); len(list) > 0 {
		return list
	}
	return a.teams()
}

func (a Advisor) teamsOf(person catalog.Name) []string {
	var list []string
	for name, t := range a.roles().Teams {
		if slices.Contains(t.Members, person) {
			list = append(list, string(name))
		}
	}
	slices.Sort(list)
	return list
}

// blueprintsFor lists the blueprints that an app fits, and all that are not obsolete.
func (a Advisor) blueprintsFor(app *catalog.App) (fit, all []string) {
	for d := range a.governing.Documents("blueprints/") {
		b := catalog.Object[catalog.Blueprint](d)
		if b == nil || b.Spec.Obsolete {
			continue
		}
		all = append(all, d.Name)
		if app != nil && (app.Spec.Runtime.Type == "" || slices.Contains(b.Spec.Types, app.Spec.Runtime.Type)) && rank(app.Spec.Classification) <= rank(b.Spec.Ceiling) {
			fit = append(fit, d.Name)
		}
	}
	return fit, all
}

func rank(class string) int { return slices.Index(catalog.Classifications, class) }

func (a Advisor) vendorNames() []string {
	var list []string
	for d := range a.governing.Documents("vendors/") {
		if catalog.Object[catalog.Vendor](d) != nil {
			list = append(list, d.Name)
		}
	}
	return list
}

// vendorMeant is the vendor with a title, or with a similar name; empty for none.
func (a Advisor) vendorMeant(word string) string {
	for d := range a.governing.Documents("vendors/") {
		if v := catalog.Object[catalog.Vendor](d); v != nil && strings.EqualFold(v.Spec.Title, word) {
			return d.Name
		}
	}
	return closest(word, a.vendorNames())
}

func (a Advisor) appNames(but string) []string {
	var list []string
	for d := range a.proposed.Documents("apps/") {
		if d.IsApp() && d.Name != but {
			list = append(list, d.Name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// fromTeam returns what of reads from the first app of a team for which that is not empty.
func (a Advisor) fromTeam(team catalog.Name, of func(*catalog.App) string) string {
	for p := range a.proposed.Referrers(catalog.Ref("team/" + string(team))) {
		if app := a.proposed.Document(p).App(); app != nil {
			if said := of(app); said != "" {
				return said
			}
		}
	}
	return ""
}

// secretPath is a path that belongs to the app, for one of its secrets.
func (a Advisor) secretPath(app *catalog.App, secret string) string {
	if app == nil || len(a.settings.Limits.SecretPaths) == 0 {
		return ""
	}
	place := strings.NewReplacer("{team}", string(app.Spec.Owner.Team), "{app}", string(app.Metadata.Name)).Replace(a.settings.Limits.SecretPaths[0])
	return place + "/" + strings.ReplaceAll(strings.ToLower(cmp.Or(secret, "key")), "_", "-")
}

// floors are the lowest catalog.Classifications for categories of data.
var floors = map[string]string{"health": "restricted", "credentials": "restricted"}

// classFor is the lowest classification that fits the app's data, "internal" at least.
func (a Advisor) classFor(app *catalog.App) string {
	class := "internal"
	if app == nil {
		return class
	}
	for _, data := range app.Spec.Data {
		for _, category := range data.Categories {
			if rank(floors[category]) > rank(class) {
				class = floors[category]
			}
		}
	}
	return class
}

// typeFor is a runtime type that the app's blueprint takes.
func (a Advisor) typeFor(app *catalog.App) string {
	if app != nil {
		if b := catalog.Object[catalog.Blueprint](a.governing.Blueprint(app.Spec.Blueprint)); b != nil && len(b.Spec.Types) > 0 {
			if image := app.Spec.Runtime.Image; image == "" || !slices.Contains(b.Spec.Types, "container") {
				return b.Spec.Types[0]
			}
			return "container"
		}
	}
	return "static"
}

// stageFor is the lowest stage that the app's data allows.
func (a Advisor) stageFor(app *catalog.App) string {
	if app != nil && (rank(app.Spec.Classification) > rank("internal") || a.classFor(app) == "restricted") {
		return "approved"
	}
	return "prototype"
}

func (a Advisor) ttlFor(app *catalog.App) string {
	if app != nil && app.Spec.Lifecycle.Stage == "prototype" {
		return a.settings.Lifecycle.PrototypeTTL.String()
	}
	return a.settings.Lifecycle.TTL.String()
}

// homeTeam is the team after which a folder of the path is named, or else the first team.
func (a Advisor) homeTeam(path string) catalog.Name {
	for part := range strings.SplitSeq(path, "/") {
		if _, ok := a.roles().Teams[catalog.Name(part)]; ok {
			return catalog.Name(part)
		}
	}
	if teams := a.teams(); len(teams) > 0 {
		return catalog.Name(teams[0])
	}
	return ""
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// domainMeant is the domain of a vendor that a host name contains or resembles; empty for
// none.
func (a Advisor) domainMeant(host string) string {
	var known []string
	for d := range a.governing.Documents("vendors/") {
		if v := catalog.Object[catalog.Vendor](d); v != nil {
			for _, domain := range v.Spec.Domains {
				if bare := strings.TrimPrefix(string(domain), "*."); strings.Contains(host, bare) && !strings.HasPrefix(string(domain), "*.") {
					return bare
				}
				known = append(known, string(domain))
			}
		}
	}
	return closest(host, known)
}

// holdersOf lists the active people who hold one of some roles.
func (a Advisor) holdersOf(roles ...catalog.Name) []string {
	var people []catalog.Name
	for _, role := range roles {
		for _, grant := range a.roles().Roles[role] {
			people = append(people, grant.Person)
		}
	}
	return texts(a.roles().Active(people))
}

// ceilingOf is the highest classification of the apps built from a blueprint.
func (a Advisor) ceilingOf(d *catalog.Document) string {
	class := "internal"
	for p := range a.proposed.Referrers(catalog.Ref("blueprint/" + d.Name)) {
		if app := a.proposed.Document(p).App(); app != nil && rank(app.Spec.Classification) > rank(class) {
			class = app.Spec.Classification
		}
	}
	return class
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func without(list []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == one })
}
