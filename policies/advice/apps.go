package advice

import (
	"slices"

	"github.com/levee-gitops/levee/catalog"
)

// apps are the apps of the catalog that is proposed.
type apps struct{ proposed *catalog.Snapshot }

// names lists the apps but one.
func (p apps) names(but string) []string {
	var list []string
	for d := range p.proposed.Documents("apps/") {
		if d.IsApp() && d.Name != but {
			list = append(list, d.Name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// fromTeam returns what of reads from the first app of a team for which that is not empty.
func (p apps) fromTeam(team catalog.Name, of func(*catalog.App) string) string {
	for path := range p.proposed.Referrers(catalog.Ref("team/" + string(team))) {
		if app := p.proposed.Document(path).App(); app != nil {
			if said := of(app); said != "" {
				return said
			}
		}
	}
	return ""
}

// ceilingOf is the highest classification of the apps built from a blueprint.
func (p apps) ceilingOf(d *catalog.Document) string {
	class := "internal"
	for path := range p.proposed.Referrers(catalog.Ref("blueprint/" + d.Name)) {
		if app := p.proposed.Document(path).App(); app != nil && rank(app.Spec.Classification) > rank(class) {
			class = app.Spec.Classification
		}
	}
	return class
}

// floors are the lowest catalog.Classifications for categories of data.
var floors = map[string]string{"health": "restricted", "credentials": "restricted"}

// classFor is the lowest classification that fits the app's data, "internal" at least.
func classFor(app *catalog.App) string {
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

// stageFor is the lowest stage that the app's data allows.
func stageFor(app *catalog.App) string {
	if app != nil && (rank(app.Spec.Classification) > rank("internal") || classFor(app) == "restricted") {
		return "approved"
	}
	return "prototype"
}

func rank(class string) int { return slices.Index(catalog.Classifications, class) }
