package targettest

import (
	"context"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Apply implements target.Target.
func (f *Fake) Apply(ctx context.Context, environment string, step target.Step) (target.Receipt, error) {
	if err := step.Check(environment); err != nil {
		return target.Receipt{}, fmt.Errorf("apply %s: %w", clip(step.App), err)
	}
	return f.act(ctx, Call{Method: "Apply", Environment: environment, App: step.App, Step: step}, func(p *place) (target.Receipt, error) {
		return p.apply(step.Object)
	})
}

func (p *place) apply(object target.Object) (target.Receipt, error) {
	app := object.App
	before, held := p.held[app]
	if held && object.Fence.Admission < before.Fence.Admission {
		return target.Receipt{}, fmt.Errorf("%w: %d, and this is %d", target.ErrFenced, before.Fence.Admission, object.Fence.Admission)
	}
	if !held && p.running[app].foreign {
		return target.Receipt{}, fmt.Errorf("%w: remove it or rename the app", target.ErrForeign)
	}
	seen, _ := p.observe(app)
	same := held && seen.Drift == "" && before.Render == object.Render && before.Disabled == object.Disabled
	p.held[app] = object
	p.witnessed(object.Fence)
	receipt := target.Receipt{Outcome: target.Done, Render: object.Render}
	switch _, marked := p.marks[app]; {
	case marked:
		delete(p.running, app)
		receipt.Outcome = target.Contained
	case same:
		receipt.Outcome = target.Unchanged
	case object.Disabled:
		delete(p.running, app)
	default:
		_, less := p.throttles[app]
		before, ran := p.running[app]
		p.running[app] = running{render: object.Render, document: object.Document, less: less}
		p.health[app] = target.Health{State: target.Ready, Since: time.Now().UTC()}
		if s, asked := target.StrategyOf(object.Document); asked && ran && before.render != object.Render {
			p.health[app] = target.Health{State: target.Progressing, Reason: "a share of it comes first", Share: s.Share, Since: time.Now().UTC()}
		}
	}
	return receipt, nil
}

// witnessed remembers the newest fence.
func (p *place) witnessed(fence target.Fence) {
	if fence.Admission > p.witness.Admission {
		p.witness = fence
	}
}

// AtOnce implements target.Sharer: a fake shares whatever asks for it and takes the place of
// something.
func (f *Fake) AtOnce(ctx context.Context, environment string, object target.Object) (why string, err error) {
	if err := target.CheckNames(environment, object.App); err != nil {
		return "", err
	}
	err = f.do(ctx, Call{Method: "AtOnce", Environment: environment, App: object.App}, func(p *place) error {
		if _, runs := p.running[object.App]; !runs {
			why = "nothing of it runs yet"
		}
		return nil
	})
	return why, err
}

// Quarantine implements target.Target.
func (f *Fake) Quarantine(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("quarantine %s: %w", clip(app), err)
	}
	return f.act(ctx, Call{Method: "Quarantine", Environment: environment, App: app, Mark: mark}, func(p *place) (target.Receipt, error) {
		receipt := target.Receipt{Outcome: target.Unchanged}
		if there, marked := p.marks[app]; !marked || there.GivesWayTo(mark) {
			p.marks[app] = mark
			receipt.Outcome = target.Done
		}
		if h, ok := p.held[app]; ok {
			receipt.Render = h.Render
			if _, runs := p.running[app]; runs {
				delete(p.running, app)
				receipt.Outcome = target.Done
			}
		}
		return receipt, nil
	})
}

// Release implements target.Target.
func (f *Fake) Release(ctx context.Context, environment, app string) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("release %s: %w", clip(app), err)
	}
	return f.act(ctx, Call{Method: "Release", Environment: environment, App: app}, func(p *place) (target.Receipt, error) {
		receipt := target.Receipt{Outcome: target.Unchanged}
		if _, marked := p.marks[app]; marked {
			delete(p.marks, app)
			receipt.Outcome = target.Done
		}
		if h, ok := p.held[app]; ok {
			receipt.Render = h.Render
		}
		return receipt, nil
	})
}

// Remove implements target.Target.
func (f *Fake) Remove(ctx context.Context, environment, app string, fence target.Fence) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("remove %s: %w", clip(app), err)
	}
	return f.act(ctx, Call{Method: "Remove", Environment: environment, App: app, Fence: fence}, func(p *place) (target.Receipt, error) {
		h, ok := p.held[app]
		if !ok {
			return target.Receipt{Outcome: target.Unchanged}, nil
		}
		if fence.Admission < h.Fence.Admission {
			return target.Receipt{}, fmt.Errorf("%w: %d, and this is %d", target.ErrFenced, h.Fence.Admission, fence.Admission)
		}
		delete(p.held, app)
		delete(p.running, app)
		p.witnessed(fence)
		return target.Receipt{Outcome: target.Done}, nil
	})
}

// Throttle implements target.Throttler.
func (f *Fake) Throttle(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("throttle %s: %w", clip(app), err)
	}
	return f.act(ctx, Call{Method: "Throttle", Environment: environment, App: app, Mark: mark}, func(p *place) (target.Receipt, error) {
		receipt := target.Receipt{Outcome: target.Unchanged, Render: p.held[app].Render}
		if _, marked := p.throttles[app]; !marked {
			p.throttles[app] = mark
			receipt.Outcome = target.Done
		}
		if is, runs := p.running[app]; runs && !is.foreign && !is.less {
			p.running[app] = running{render: p.held[app].Render, document: p.held[app].Document, less: true}
			receipt.Outcome = target.Done
		}
		return receipt, nil
	})
}

// Unthrottle implements target.Throttler.
func (f *Fake) Unthrottle(ctx context.Context, environment, app string) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("end the throttle of %s: %w", clip(app), err)
	}
	return f.act(ctx, Call{Method: "Unthrottle", Environment: environment, App: app}, func(p *place) (target.Receipt, error) {
		receipt := target.Receipt{Outcome: target.Unchanged, Render: p.held[app].Render}
		if _, marked := p.throttles[app]; marked {
			delete(p.throttles, app)
			receipt.Outcome = target.Done
		}
		return receipt, nil
	})
}
