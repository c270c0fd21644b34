package deploy

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/render"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
)

// renderer makes the effects that bring apps, as they were admitted, into their targets.
type renderer struct {
	targets target.Set
	log     *slog.Logger
}

// effect renders what is to be applied.
func (r *renderer) effect(ctx context.Context, s *session.Session, b *judge.Judge, state ledger.App, env settings.Environment, admitted ledger.Admitted) (e effect, err error) {
	err = parallel.Guard(r.log, "rendering an app", state.Name, func() (err error) {
		e, err = r.rendered(ctx, s, b, state, env, admitted)
		return err
	})
	return e, err
}

func (r *renderer) rendered(ctx context.Context, s *session.Session, b *judge.Judge, state ledger.App, env settings.Environment, admitted ledger.Admitted) (effect, error) {
	t, err := r.targets.Of(env)
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
	rendering, err := r.asAdmitted(ctx, s, b, doc, env, admitted)
	if err != nil {
		return effect{}, err
	}
	fence := target.Fence{Admission: admitted.Seq, Ledger: s.View.Tip, Main: s.View.Root().Main}
	return effect{verb: "apply", app: state.Name, environment: string(env.Name), on: string(env.Target), lane: laneOf(env), target: t, doc: doc, object: rendering.Object(state.Name, fence, judge.IsDisabled(state))}, nil
}

// asAdmitted renders what runs as it was admitted. Where governance went on and the
// content was not admitted anew under it, as while it has grace from a rule, that is by
// the governance of then, which the ledger holds.
func (r *renderer) asAdmitted(ctx context.Context, s *session.Session, b *judge.Judge, doc *catalog.Document, env settings.Environment, admitted ledger.Admitted) (render.Rendering, error) {
	rendering, err := b.Render.App(b.Governing, doc, env)
	if err != nil {
		return rendering, err
	}
	if rendering.Digest != admitted.Render {
		then, err := s.GovernedBy(ctx, admitted.Seq)
		if err != nil {
			return rendering, fmt.Errorf("find what governed when %s was admitted, by record %d: %w", doc.Name, admitted.Seq, err)
		}
		if rendering, err = b.Render.App(then, doc, env); err != nil {
			return rendering, err
		}
	}
	if rendering.Digest != admitted.Render {
		r.log.Warn("an app renders otherwise than it was admitted, as after an upgrade", "app", doc.Name, "environment", env.Name)
	}
	return b.Render.Whole(ctx, rendering)
}
