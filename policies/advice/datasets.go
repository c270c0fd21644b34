package advice

import (
	"slices"

	"github.com/levee-gitops/levee/catalog"
)

// dataSets are the data sets of the catalog.
type dataSets struct{ governing *catalog.Snapshot }

// names lists the data sets that can be read and are taken.
func (s dataSets) names(take func(*catalog.DataSetSpec) bool) []string {
	var list []string
	for d := range s.governing.Documents("data/") {
		if set := catalog.Object[catalog.DataSet](d); set != nil && take(&set.Spec) {
			list = append(list, d.Name)
		}
	}
	return list
}

func anyData(*catalog.DataSetSpec) bool { return true }

func sandbox(set *catalog.DataSetSpec) bool { return set.Sandbox }

// instead finds alternatives for the data sets of an app that cannot be read. Which other
// data an app could do with, nobody knows.
func (s dataSets) instead(in instead, app *catalog.App) {
	for _, use := range app.Spec.Data {
		if d := catalog.DataSetIn(s.governing, use.Dataset); catalog.Object[catalog.DataSet](d) == nil {
			in.add("dataset", string(use.Dataset), closest(string(use.Dataset), s.names(anyData)), unreadable(d), nil)
		}
	}
}

// regionsFor is the allowed regions without those in which the data sets of an app may not be
// used; nil if the app may run anywhere.
func (s dataSets) regionsFor(app *catalog.App, allowed []string) []string {
	for _, use := range app.Spec.Data {
		set := catalog.Object[catalog.DataSet](catalog.DataSetIn(s.governing, use.Dataset))
		switch {
		case set == nil || len(set.Spec.Regions) == 0:
		case allowed == nil:
			allowed = texts(set.Spec.Regions)
		default:
			allowed = slices.DeleteFunc(slices.Clone(allowed), func(r string) bool { return !slices.Contains(set.Spec.Regions, catalog.Name(r)) })
		}
	}
	return allowed
}
