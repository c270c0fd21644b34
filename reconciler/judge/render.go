package judge

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/render"
)

// Unrendered lists what keeps content from being rendered for the environments that it
// comes to.
func (j *Judge) Unrendered(ctx context.Context, state ledger.App, doc *catalog.Document) ([]catalog.Problem, error) {
	if doc.App() == nil {
		return nil, nil
	}
	return j.Render.Problems(ctx, j.Governing, doc, j.Environments().Reach(state, doc.App()))
}

// RenderWhole renders content that is not judged anew before it is admitted or applied: what
// would be a problem of a change is an error here.
func (j *Judge) RenderWhole(ctx context.Context, doc *catalog.Document, env settings.Environment) (render.Rendering, error) {
	r, err := j.Render.App(j.Governing, doc, env)
	if err != nil {
		return r, err
	}
	return j.Render.Whole(ctx, r)
}
