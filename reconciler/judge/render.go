package judge

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
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

// RenderWhole renders content that is not judged anew before it is admitted or applied: what
// would be a problem of a change is an error here.
func (j *Judge) RenderWhole(ctx context.Context, doc *catalog.Document, env catalog.Environment) (render.Rendering, error) {
	r, err := j.Render.App(j.Governing, doc, env)
	if err != nil {
		return r, err
	}
	return j.Render.Whole(ctx, r)
}

// runningOf lists the apps that run, of those at paths, by their files in a proposed catalog.
func (j *Judge) runningOf(v *chain.View, proposed *catalog.Snapshot, paths []string) (running []*catalog.Document) {
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
	return running
}

// unrenderedBy lists what keeps apps that run from being rendered by proposed governance.
func (j *Judge) unrenderedBy(ctx context.Context, v *chain.View, proposed *catalog.Snapshot, running []*catalog.Document) ([]catalog.Problem, error) {
	ctx, cancel := context.WithTimeout(ctx, compareFor)
	defer cancel()
	return j.Render.Across(ctx, proposed, running, func(doc *catalog.Document) []catalog.Environment {
		state, _ := v.App(doc.Name)
		return j.Reach(state, doc.App())
	})
}
