package judge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/render"
)

// Unrendered lists what keeps content from being rendered for the environments that it
// comes to.
func (j *Judge) Unrendered(ctx context.Context, state ledger.App, doc *catalog.Document) ([]catalog.Problem, error) {
	if doc.App() == nil {
		return nil, nil
	}
	return j.Render.Problems(ctx, j.Governing, doc, j.Reach(state, doc.App()))
}

// RenderWhole renders content that is not judged anew before it is admitted or applied.
// What would be a problem of a change is an error here.
func (j *Judge) RenderWhole(ctx context.Context, doc *catalog.Document, env catalog.Environment) (render.Rendering, error) {
	r, problems, err := j.Render.Artefact(ctx, j.Governing, doc, env)
	if err == nil && len(problems) > 0 {
		p := problems[0]
		err = fmt.Errorf("%s cannot be rendered for %s: %s, line %d: %s %s", doc.Name, env.Name, p.Path, p.Line, p.Message, p.Remedy)
	}
	return r, err
}

// unrenderedBy lists what keeps apps that run from being rendered by proposed governance.
func (j *Judge) unrenderedBy(ctx context.Context, v *ledger.View, proposed *catalog.Snapshot) ([]catalog.Problem, error) {
	ctx, cancel := context.WithTimeout(ctx, compareFor)
	defer cancel()
	paths, _ := catalog.Affected(j.Governing, proposed)
	var running []*catalog.Document
	for _, p := range paths {
		doc := proposed.Document(p)
		if doc.App() == nil {
			continue
		}
		state, _ := v.App(doc.Name)
		if _, _, ok := j.LastAdmitted(state); ok && j.DocumentOf(proposed, state, doc.Name) == doc {
			running = append(running, doc)
		}
	}
	return unrendered(ctx, j.Render, proposed, running, func(doc *catalog.Document) []catalog.Environment {
		state, _ := v.App(doc.Name)
		return j.Reach(state, doc.App())
	})
}

// mostUnrendered is how many problems of rendering are told of one change of governance.
const mostUnrendered = 20

// unrendered lists what keeps apps from being rendered by what is proposed, each problem
// with the apps that have it. It is asked for what would still be published, or runs. An
// error means that it could not be told of all of them.
func unrendered(ctx context.Context, source *render.Source, proposed *catalog.Snapshot, docs []*catalog.Document, environments func(*catalog.Document) []catalog.Environment) ([]catalog.Problem, error) {
	type where struct {
		path, message string
		line          int
	}
	var mu sync.Mutex
	var failed error
	found, apps := map[where]catalog.Problem{}, map[where][]string{}
	parallel.Each(len(docs), func(i int) {
		problems, err := source.Problems(ctx, proposed, docs[i], environments(docs[i]))
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
		all = append(all, render.Of(p, words))
	}
	catalog.SortProblems(all)
	return all[:min(len(all), mostUnrendered)], nil
}

// unrendered lists what keeps an app from being rendered by governance for any kind of
// target, wherever it goes. What could not be told is a problem too: a check is to find
// what would be found later.
func (c checking) unrendered(ctx context.Context, governing *catalog.Snapshot, doc *catalog.Document) []catalog.Problem {
	var all []catalog.Problem
	for _, kind := range c.kinds {
		problems, err := kind.Problems(ctx, governing, doc, c.environments(governing)(doc))
		if err != nil {
			problems = []catalog.Problem{render.NotTold(doc, err)}
		}
		all = append(all, problems...)
	}
	return all
}

// environments are those that an app goes to by a catalog's settings.
func (checking) environments(s *catalog.Snapshot) func(*catalog.Document) []catalog.Environment {
	return func(doc *catalog.Document) []catalog.Environment {
		if s.Settings() == nil || doc.App() == nil {
			return nil
		}
		return s.Settings().Reach(doc.App().Spec.Lifecycle.Stage)
	}
}

// blueprints lists what is wrong with blueprints, and against a base also what keeps apps
// from being rendered by them that are as they were; those that are not say it themselves.
func (c checking) blueprints(ctx context.Context, paths []string) (all []catalog.Problem, err error) {
	for _, kind := range c.kinds {
		all = append(all, kind.Blueprints(c.proposed, c.base)...)
		if c.base == nil {
			continue // each app says it by itself
		}
		var docs []*catalog.Document
		for _, p := range paths {
			if doc, before := c.proposed.Document(p), c.base.Document(p); before != nil && before.Digest() == doc.Digest() {
				docs = append(docs, doc)
			}
		}
		problems, err := unrendered(ctx, kind, c.proposed, docs, c.environments(c.proposed))
		if err != nil {
			return nil, err
		}
		for _, p := range problems {
			if !slices.ContainsFunc(all, func(q catalog.Problem) bool { return q.Path == p.Path && q.Line == p.Line }) {
				all = append(all, p) // what is wrong for all is said already
			}
		}
	}
	return all, nil
}
