package status

import (
	"context"
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Strategies says of an app how its newest content comes to the replicas of each environment that
// it runs in and that has a strategy: a share first, or all at once and why. It asks the targets.
func (r *Reader) Strategies(ctx context.Context, app string) ([]string, error) {
	s := r.Sessions.New(r.Now())
	if err := s.LookLocally(ctx); err != nil {
		return nil, err
	}
	state, _ := s.View.App(app)
	b, err := r.Judges.At(ctx, s, "")
	if err != nil {
		return nil, fmt.Errorf("look at how %s comes to replicas: %w", app, err)
	}
	a, ok, err := b.Admitted(ctx, s.View, app)
	if err != nil || !ok || state.Quarantine != nil {
		return nil, err
	}
	var said []string
	var failed error
	for _, env := range b.Environments().Reach(state, a.Document.App()) {
		if env.Strategy == nil {
			continue
		}
		words, err := r.strategy(ctx, b, state, a.Document, env)
		failed = errors.Join(failed, err)
		if words != "" {
			said = append(said, fmt.Sprintf("in %s %s", env.Name, words))
		}
	}
	return said, failed
}

func (r *Reader) strategy(ctx context.Context, b *judge.Judge, state ledger.App, doc *catalog.Document, env settings.Environment) (string, error) {
	t, err := r.Targets.Of(env)
	if err != nil {
		return "", err
	}
	rendering, err := b.RenderWhole(ctx, doc, env)
	if err != nil {
		return "", err
	}
	return target.ToReplicas(ctx, t, string(env.Name), rendering.Object(state.Name, target.Fence{}, judge.IsDisabled(state)))
}
