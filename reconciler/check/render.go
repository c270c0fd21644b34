package check

import (
	"context"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/render"
)

// unrendered lists what keeps an app from being rendered by governance for any kind of
// target, wherever it goes. What could not be told is a problem too: a check is to find
// what would be found later.
func (c *checking) unrendered(ctx context.Context, governing *catalog.Snapshot, doc *catalog.Document) []catalog.Problem {
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
func (*checking) environments(s *catalog.Snapshot) func(*catalog.Document) []settings.Environment {
	return func(doc *catalog.Document) []settings.Environment {
		if s.Settings() == nil || doc.App() == nil {
			return nil
		}
		return s.Settings().Reach(doc.App().Spec.Lifecycle.Stage)
	}
}

// blueprints lists what is wrong with blueprints, and against a base also what keeps apps
// from being rendered by them that are as they were; the others say it themselves.
func (c *checking) blueprints(ctx context.Context, paths []string) (all []catalog.Problem, err error) {
	docs := c.unchanged(paths)
	for _, kind := range c.kinds {
		all = append(all, kind.Blueprints(c.proposed, c.base)...)
		problems, err := kind.Across(ctx, c.proposed, docs, c.environments(c.proposed))
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

// unchanged lists the apps at paths that are as they were in the base; none where there is
// no base.
func (c *checking) unchanged(paths []string) (docs []*catalog.Document) {
	if c.base == nil {
		return nil
	}
	for _, p := range paths {
		if doc, before := c.proposed.Document(p), c.base.Document(p); before != nil && before.Digest() == doc.Digest() {
			docs = append(docs, doc)
		}
	}
	return docs
}
