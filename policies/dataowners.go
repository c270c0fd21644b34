package policies

import (
	"slices"

	"github.com/levee-gitops/levee/catalog"
)

// DataRole is the role of those who approve the use of a data set.
func DataRole(name catalog.Name) string { return "data:" + string(name) }

// DataOwners lists who approves the use of a data set, whether they are still there or not: its
// owner and fallback, and the data stewards of the owner's team. It is empty for a data set that
// the catalog does not have, or whose file is invalid.
func DataOwners(governing *catalog.Snapshot, name catalog.Name) []catalog.Name {
	set := catalog.Object[catalog.DataSet](catalog.DataSetIn(governing, name))
	if set == nil {
		return nil
	}
	people := owners(catalog.Owner(set.Spec.Owner))
	if roles := governing.Roles(); roles != nil {
		for _, g := range roles.Roles["data-steward"] {
			if len(g.Teams) == 0 || slices.Contains(g.Teams, set.Spec.Owner.Team) {
				people = append(people, g.Person)
			}
		}
	}
	return people
}

// dataHolders lists the active holders of DataRole for each data set that an app uses and that
// somebody owns.
func dataHolders(governing *catalog.Snapshot, app *catalog.App) map[string][]catalog.Name {
	held := map[string][]catalog.Name{}
	for _, use := range app.Spec.Data {
		if people := governing.Roles().Active(DataOwners(governing, use.Dataset)); len(people) > 0 {
			held[DataRole(use.Dataset)] = people
		}
	}
	return held
}
