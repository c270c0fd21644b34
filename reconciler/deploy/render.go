package deploy

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/render"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
)

// effect renders what is to be applied.
func (d *Deployer) effect(ctx context.Context, s *session.Session, b *judge.Judge, state ledger.App, env catalog.Environment, admitted ledger.Admitted) (e effect, err error) {
	err = parallel.Guard(d.Log, "rendering an app", state.Name, func() (err error) {
		e, err = d.rendered(ctx, s, b, state, env, admitted)
		return err
	})
	return e, err
}

func (d *Deployer) rendered(ctx context.Context, s *session.Session, b *judge.Judge, state ledger.App, env catalog.Environment, admitted ledger.Admitted) (effect, error) {
	t, err := d.Targets.Of(env)
	if err != nil {
		return effect{}, err
	}
	doc, err := b.RunningDocument(ctx, s.View, string(env.Name), admitted, state.Name)
	if err != nil {
		return effect{}, err
	}
	if doc == nil || doc.Digest() != admitted.Digest {
		return effect{}, fmt.Errorf("the ledger does not hold what was admitted of %s", state.Name)
	}
	r, err := d.asAdmitted(ctx, s, b, doc, env, admitted)
	if err != nil {
		return effect{}, err
	}
	fence := target.Fence{Admission: admitted.Seq, Ledger: s.View.Tip, Main: s.View.Root().Main}
	return effect{verb: "apply", app: state.Name, environment: string(env.Name), on: string(env.Target), lane: laneOf(env), target: t, doc: doc, object: r.Object(state.Name, fence, judge.IsDisabled(state))}, nil
}

// asAdmitted renders what runs as it was admitted. Where governance went on and the
// content was not admitted anew under it, as while it has grace from a rule, that is by
// the governance of then, which the ledger holds.
func (d *Deployer) asAdmitted(ctx context.Context, s *session.Session, b *judge.Judge, doc *catalog.Document, env catalog.Environment, admitted ledger.Admitted) (render.Rendering, error) {
	r, err := b.Render.App(b.Governing, doc, env)
	if err != nil {
		return r, err
	}
	if r.Digest != admitted.Render {
		then, err := s.GovernedBy(ctx, admitted.Seq)
		if err != nil {
			return r, fmt.Errorf("find what governed when %s was admitted, by record %d: %w", doc.Name, admitted.Seq, err)
		}
		if r, err = b.Render.App(then, doc, env); err != nil {
			return r, err
		}
	}
	if r.Digest != admitted.Render {
		d.Log.Warn("an app renders otherwise than it was admitted, as after an upgrade", "app", doc.Name, "environment", env.Name)
	}
	return b.Render.Whole(ctx, r)
}
