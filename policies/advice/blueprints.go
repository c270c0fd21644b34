package advice

import (
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
)

// blueprints are what apps can be built from.
type blueprints struct{ governing *catalog.Snapshot }

// fitting lists the blueprints that an app fits, and all that are not obsolete.
func (b blueprints) fitting(app *catalog.App) (fit, all []string) {
	for d := range b.governing.Documents("blueprints/") {
		one := catalog.Object[catalog.Blueprint](d)
		if one == nil || one.Spec.Obsolete {
			continue
		}
		all = append(all, d.Name)
		if app != nil && (app.Spec.Runtime.Type == "" || slices.Contains(one.Spec.Types, app.Spec.Runtime.Type)) && rank(app.Spec.Classification) <= rank(one.Spec.Ceiling) {
			fit = append(fit, d.Name)
		}
	}
	return fit, all
}

// typeFor is a runtime type that the app's blueprint takes.
func (b blueprints) typeFor(app *catalog.App) string {
	if app != nil {
		if of := catalog.Object[catalog.Blueprint](b.governing.Blueprint(app.Spec.Blueprint)); of != nil && len(of.Spec.Types) > 0 {
			if image := app.Spec.Runtime.Image; image == "" || !slices.Contains(of.Spec.Types, "container") {
				return of.Spec.Types[0]
			}
			return "container"
		}
	}
	return "static"
}

// regionsFor lists the regions that an app may run in by its classification and its
// blueprint; nil if it may run anywhere.
func (b blueprints) regionsFor(app *catalog.App, settings *settings.Settings) []string {
	byClass, bound := settings.Regions[app.Spec.Classification]
	allowed := texts(byClass)
	if of := catalog.Object[catalog.Blueprint](b.governing.Blueprint(app.Spec.Blueprint)); of != nil && len(of.Spec.Regions) > 0 {
		if !bound {
			return texts(of.Spec.Regions)
		}
		allowed = slices.DeleteFunc(allowed, func(r string) bool { return !slices.Contains(of.Spec.Regions, catalog.Name(r)) })
	}
	return allowed
}

// instead finds alternatives for the blueprint of an app.
func (b blueprints) instead(in instead, app *catalog.App) {
	ref := string(app.Spec.Blueprint)
	d := b.governing.Blueprint(app.Spec.Blueprint)
	of := catalog.Object[catalog.Blueprint](d)
	switch {
	case of == nil:
		fit, all := b.fitting(app)
		in.add("blueprint", ref, closest(ref, slices.Clone(all)), unreadable(d), append(slices.Clone(fit), all...))
	case of.Spec.Obsolete:
		fit, _ := b.fitting(app)
		name, _, _ := strings.Cut(ref, "@")
		slices.SortStableFunc(fit, func(x, y string) int {
			return boolRank(!strings.HasPrefix(x, name+"@")) - boolRank(!strings.HasPrefix(y, name+"@"))
		})
		in.add("blueprint", ref, "", "", fit)
	case !slices.Contains(of.Spec.Types, app.Spec.Runtime.Type) || rank(app.Spec.Classification) > rank(of.Spec.Ceiling):
		fit, _ := b.fitting(app)
		in.add("blueprint", ref, "", "", fit)
	}
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}
