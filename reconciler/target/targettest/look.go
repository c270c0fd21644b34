package targettest

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Preview implements target.Target.
func (f *Fake) Preview(ctx context.Context, environment string, object target.Object) (target.Preview, error) {
	step := target.Step{Verb: target.Correct, App: object.App, Object: object}
	if err := step.Check(environment); err != nil {
		return target.Preview{}, fmt.Errorf("preview %s: %w", clip(object.App), err)
	}
	var items []target.Item
	err := f.do(ctx, Call{Method: "Preview", Environment: environment, App: object.App}, func(p *place) (err error) {
		items, err = p.preview(object)
		return err
	})
	if err != nil {
		return target.Preview{}, err
	}
	return target.NewPreview(items), nil
}

// preview is what apply would do.
func (p *place) preview(object target.Object) ([]target.Item, error) {
	before, held := p.held[object.App]
	if !held && p.running[object.App].foreign {
		return nil, fmt.Errorf("%w: remove it or rename the app", target.ErrForeign)
	}
	seen, _ := p.observe(object.App)
	is, runs := p.running[object.App]
	item := target.Item{What: object.App, Diff: target.Difference(before.Document, object.Document)}
	switch {
	case held && seen.Drift == "" && before.Render == object.Render && before.Disabled == object.Disabled:
		return nil, nil
	case !held:
		item.Verb, item.Words = target.ItemCreate, "not there yet"
	case runs && (object.Disabled || seen.Mark != nil):
		item.Verb, item.Words = target.ItemRemove, "shall not run"
	default:
		item.Verb, item.Words = target.ItemChange, target.Describe(before.Document, object.Document)
	}
	if is.tampered != "" {
		item.Words = "drift: " + is.tampered
	}
	if seen.Mark != nil {
		item.Words += "; contained, so it waits"
	}
	return []target.Item{item}, nil
}
