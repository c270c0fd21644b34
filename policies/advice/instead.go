package advice

import (
	"regexp"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// instead has alternatives for names in an app that do not exist or do not fit, by kind of
// name and by name; the empty name is for one that is missing. It is input.refs.instead,
// from which rules write remedies; no verdict depends on it.
type instead map[string]any

func (in instead) add(kind, name, near, unread string, others []string) {
	if near == "" && unread == "" && len(others) == 0 {
		return
	}
	const most = 3
	of, _ := in[kind].(map[string]any)
	if of == nil {
		of = map[string]any{}
		in[kind] = of
	}
	of[name] = map[string]any{"near": near, "unread": unread, "others": values(others[:min(len(others), most)])}
}

// values are words as the JSON values that rules see.
func values(words []string) []any {
	list := make([]any, len(words))
	for i, w := range words {
		list[i] = w
	}
	return list
}

// exactPath matches the paths of secrets that the rule secrets.path-own accepts.
var exactPath = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.:-]*(/[A-Za-z0-9_-][A-Za-z0-9_.:-]*)*$`)

// Instead finds alternatives for the names in an app.
func (a Advisor) Instead(app *catalog.App) map[string]any {
	in := instead{}
	a.people(in, app)
	a.blueprint(in, app)
	a.vendors(in, app)
	a.listed(in, app)
	spec := &app.Spec
	for _, dep := range spec.DependsOn {
		if d := a.proposed.AppNamed(dep); d.App() == nil {
			others := a.appNames(string(app.Metadata.Name))
			in.add("app", string(dep), closest(string(dep), slices.Clone(others)), unreadable(d), nil)
		}
	}
	for _, s := range spec.Secrets {
		if !exactPath.MatchString(s.Path) || strings.Contains(s.Path, "..") {
			in.add("path", string(s.Name), "", "", []string{a.secretPath(app, string(s.Name))})
		}
	}
	if len(spec.Access.Groups) == 0 {
		group := a.fromTeam(spec.Owner.Team, func(other *catalog.App) string {
			if other.Metadata.Name == app.Metadata.Name {
				return ""
			}
			return first(other.Spec.Access.Groups)
		})
		if group == "" {
			group = string(spec.Owner.Team)
		}
		in.add("group", "", "", "", []string{group})
	}
	if app.Metadata.Labels["costCenter"] == "" {
		center := a.fromTeam(spec.Owner.Team, func(other *catalog.App) string { return other.Metadata.Labels["costCenter"] })
		if center != "" {
			in.add("costCenter", "", "", "", []string{center})
		}
	}
	return in
}

// unreadable is the path of a document that is invalid; empty for a valid or missing one.
func unreadable(d *catalog.Document) string {
	if d == nil || d.Valid() {
		return ""
	}
	return d.Path
}

func (a Advisor) people(in instead, app *catalog.App) {
	roles, owner := a.roles(), app.Spec.Owner
	who := string(owner.Person)
	team, known := roles.Teams[owner.Team]
	unread := ""
	if a.governing.Roles() == nil {
		unread = "roles.yaml"
	}
	if !known {
		in.add("team", string(owner.Team), closest(string(owner.Team), a.teams()), unread, a.teamsFor(owner.Person))
	}
	colleagues := func() []string { return without(a.canOwn(owner.Team), who) }
	if known && !slices.Contains(team.Members, owner.Person) {
		if own := a.teamsOf(owner.Person); len(own) > 0 {
			in.add("team", string(owner.Team), "", unread, own)
		} else {
			in.add("member", who, "", unread, colleagues())
		}
	}
	if len(roles.Active([]catalog.Name{owner.Person})) == 0 {
		in.add("person", who, a.personMeant(who), unread, colleagues())
	} else if a.untrained(owner.Person) != 0 {
		in.add("trained", who, "", "", slices.DeleteFunc(colleagues(), func(c string) bool { return a.untrained(catalog.Name(c)) != 0 }))
	}
	fallback := string(owner.Fallback)
	if fallback == who || len(roles.Active([]catalog.Name{owner.Fallback})) == 0 {
		meant := ""
		if fallback != "" && fallback != who {
			meant = a.personMeant(fallback)
		}
		in.add("fallback", fallback, meant, unread, colleagues())
	}
}

func (a Advisor) blueprint(in instead, app *catalog.App) {
	ref := string(app.Spec.Blueprint)
	d := a.governing.Blueprint(app.Spec.Blueprint)
	b := catalog.Object[catalog.Blueprint](d)
	switch {
	case b == nil:
		fit, all := a.blueprintsFor(app)
		in.add("blueprint", ref, closest(ref, slices.Clone(all)), unreadable(d), append(slices.Clone(fit), all...))
	case b.Spec.Obsolete:
		fit, _ := a.blueprintsFor(app)
		name, _, _ := strings.Cut(ref, "@")
		slices.SortStableFunc(fit, func(x, y string) int {
			return boolRank(!strings.HasPrefix(x, name+"@")) - boolRank(!strings.HasPrefix(y, name+"@"))
		})
		in.add("blueprint", ref, "", "", fit)
	case !slices.Contains(b.Spec.Types, app.Spec.Runtime.Type) || rank(app.Spec.Classification) > rank(b.Spec.Ceiling):
		fit, _ := a.blueprintsFor(app)
		in.add("blueprint", ref, "", "", fit)
	}
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (a Advisor) vendors(in instead, app *catalog.App) {
	class := app.Spec.Classification
	for _, i := range app.Spec.Integrations {
		name := string(i.Vendor)
		v := a.governing.Vendor(i.Vendor)
		if v == nil {
			others := a.governing.VendorsFor(i.Purpose)
			in.add("vendor", name, a.vendorMeant(name), unreadable(a.governing.Document("vendors/"+name+".yaml")), others)
			continue
		}
		if rank(class) > rank(v.Ceiling) {
			in.add("vendor", name, "", "", slices.DeleteFunc(a.vendorNames(), func(other string) bool {
				return rank(a.governing.Vendor(catalog.Name(other)).Ceiling) < rank(class)
			}))
		}
		for _, scope := range i.Scopes {
			if !slices.Contains(v.Scopes, scope) {
				in.add("vendorScope", scope, closest(scope, slices.Clone(v.Scopes)), "", nil)
			}
		}
	}
	for _, host := range app.Spec.Egress {
		if _, ok := a.governing.VendorOf(host); !ok {
			in.add("domain", string(host), a.domainMeant(string(host)), a.vendorUnread(host), nil)
		}
	}
}

// vendorUnread is the path of an invalid file of a vendor that contains a host name; empty
// for none.
func (a Advisor) vendorUnread(host catalog.Domain) string {
	for d := range a.governing.Documents("vendors/") {
		if !d.Valid() && strings.Contains(string(d.Source()), string(host)) {
			return d.Path
		}
	}
	return ""
}

// listed finds alternatives for names that the settings list: models, stores, languages,
// regions.
func (a Advisor) listed(in instead, app *catalog.App) {
	spec, limits := &app.Spec, &a.settings.Limits
	for _, m := range spec.Models {
		if !slices.Contains(limits.Models, m.Name) {
			in.add("model", string(m.Name), closest(string(m.Name), texts(limits.Models)), "", texts(limits.Models))
		}
	}
	for _, s := range spec.Secrets {
		if !slices.Contains(limits.Stores, s.Store) {
			in.add("store", s.Store, closest(s.Store, slices.Clone(limits.Stores)), "", nil)
		}
	}
	if len(limits.Languages) > 0 && !slices.Contains(limits.Languages, spec.Runtime.Language) {
		in.add("language", spec.Runtime.Language, closest(spec.Runtime.Language, slices.Clone(limits.Languages)), "", limits.Languages)
	}
	allowed := a.regionsFor(app)
	if len(spec.Runtime.Regions) == 0 {
		in.add("region", "", "", "", allowed)
	}
	for _, r := range spec.Runtime.Regions {
		if !slices.Contains(allowed, string(r)) {
			free := slices.DeleteFunc(slices.Clone(allowed), func(x string) bool { return slices.Contains(spec.Runtime.Regions, catalog.Name(x)) })
			in.add("region", string(r), closest(string(r), slices.Clone(free)), "", free)
		}
	}
}

// regionsFor lists the regions that an app may run in by its classification and its
// blueprint; nil if it may run anywhere.
func (a Advisor) regionsFor(app *catalog.App) []string {
	byClass, bound := a.settings.Regions[app.Spec.Classification]
	allowed := texts(byClass)
	if b := catalog.Object[catalog.Blueprint](a.governing.Blueprint(app.Spec.Blueprint)); b != nil && len(b.Spec.Regions) > 0 {
		if !bound {
			return texts(b.Spec.Regions)
		}
		allowed = slices.DeleteFunc(allowed, func(r string) bool { return !slices.Contains(b.Spec.Regions, catalog.Name(r)) })
	}
	return allowed
}
