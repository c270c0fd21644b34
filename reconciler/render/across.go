package render

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

// mostProblems is how many problems are told of one change of governance.
const mostProblems = 20

// Across lists what keeps apps from being rendered by a catalog's governance, each problem
// with the apps that have it: it is one of the change that brings the governance. An error
// means that it could not be told of all of them.
func (s *Source) Across(ctx context.Context, governing *catalog.Snapshot, docs []*catalog.Document, environments func(*catalog.Document) []settings.Environment) ([]catalog.Problem, error) {
	type where struct {
		path, message string
		line          int
	}
	var mu sync.Mutex
	var failed error
	found, apps := map[where]catalog.Problem{}, map[where][]string{}
	parallel.Each(len(docs), func(i int) {
		problems, err := s.Problems(ctx, governing, docs[i], environments(docs[i]))
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			failed = cmp.Or(failed, err)
			return
		}
		for _, p := range problems {
			at := where{p.Path, p.Message, p.Line}
			found[at] = p
			apps[at] = append(apps[at], docs[i].Name)
		}
	})
	if failed != nil {
		return nil, failed
	}
	var all []catalog.Problem
	for at, p := range found {
		slices.Sort(apps[at])
		words := "`" + apps[at][0] + "`"
		if more := len(apps[at]) - 1; more > 0 {
			words += fmt.Sprintf(" and %d more", more)
		}
		all = append(all, ofApps(p, words))
	}
	catalog.SortProblems(all)
	return all[:min(len(all), mostProblems)], nil
}

// ofApps is a problem of one app as one of the change that makes it, which names the apps
// that have it.
func ofApps(p catalog.Problem, apps string) catalog.Problem {
	p.Message = strings.Replace(p.Message, forThisApp, "The blueprint cannot be filled in for "+apps+". ", 1)
	return p
}
