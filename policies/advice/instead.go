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
	a.staff.instead(in, app)
	a.blueprints.instead(in, app)
	a.vendors.instead(in, app)
	a.dataSets.instead(in, app)
	a.listed(in, app)
	spec := &app.Spec
	for _, dep := range spec.DependsOn {
		if d := a.apps.proposed.AppNamed(dep); d.App() == nil {
			others := a.apps.names(string(app.Metadata.Name))
			in.add("app", string(dep), closest(string(dep), slices.Clone(others)), unreadable(d), nil)
		}
	}
	for _, s := range spec.Secrets {
		if !exactPath.MatchString(s.Path) || strings.Contains(s.Path, "..") {
			in.add("path", string(s.Name), "", "", []string{a.secretPath(app, string(s.Name))})
		}
	}
	if len(spec.Access.Groups) == 0 {
		group := a.apps.fromTeam(spec.Owner.Team, func(other *catalog.App) string {
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
		center := a.apps.fromTeam(spec.Owner.Team, func(other *catalog.App) string { return other.Metadata.Labels["costCenter"] })
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
	allowed := a.dataSets.regionsFor(app, a.blueprints.regionsFor(app, a.settings))
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
