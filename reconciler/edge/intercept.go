package edge

import (
	"context"

	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/target"
)

// An Intercept is called in place of every effect on the world, with what it is and the
// effect itself. Tests number effects there and stop before or after each, as a crash would.
type Intercept func(what string, effect func() error) error

// Intercepted puts an intercept, where there is one, around what has effects. The
// repository's pushes are to be intercepted by who opens it.
func (o Plugins) Intercepted(by Intercept) Plugins {
	if by == nil {
		return o
	}
	o.Forge = interceptedForge{o.Forge, by}
	if o.Sender != nil {
		o.Sender = interceptedSender{o.Sender, by}
	}
	targets := target.Set{}
	for name, t := range o.Targets {
		between := interceptedTarget{t, by}
		targets[name] = between
		throttler, throttles := t.(target.Throttler)
		sharer, shares := t.(target.Sharer)
		switch {
		case throttles && shares:
			targets[name] = struct {
				interceptedThrottler
				target.Sharer
			}{interceptedThrottler{between, throttler}, sharer}
		case throttles:
			targets[name] = interceptedThrottler{between, throttler}
		case shares:
			targets[name] = struct {
				interceptedTarget
				target.Sharer
			}{between, sharer}
		}
	}
	o.Targets = targets
	return o
}

// interceptedForge is a forge whose actions are intercepted.
type interceptedForge struct {
	forge.Forge
	intercept Intercept
}

func (f interceptedForge) Do(ctx context.Context, a forge.Action) (receipt forge.Receipt, err error) {
	what := "forge " + a.Change
	if a.Status != nil {
		what = "forge status " + string(a.Head)
	}
	err = f.intercept(what, func() (err error) {
		receipt, err = f.Forge.Do(ctx, a)
		return err
	})
	return receipt, err
}

// interceptedSender is a sender whose notices are intercepted.
type interceptedSender struct {
	sender    notifier.Sender
	intercept Intercept
}

func (s interceptedSender) Send(ctx context.Context, n notifier.Notice) (receipt notifier.Receipt, err error) {
	err = s.intercept("send "+n.Key, func() (err error) {
		receipt, err = s.sender.Send(ctx, n)
		return err
	})
	return receipt, err
}

// interceptedTarget is a target whose effects, and what it is asked before, are intercepted.
type interceptedTarget struct {
	target.Target
	intercept Intercept
}

func (t interceptedTarget) do(what string, effect func() (target.Receipt, error)) (receipt target.Receipt, err error) {
	err = t.intercept("target "+what, func() (err error) {
		receipt, err = effect()
		return err
	})
	return receipt, err
}

func (t interceptedTarget) Apply(ctx context.Context, environment string, step target.Step) (target.Receipt, error) {
	return t.do("apply "+environment+" "+step.App, func() (target.Receipt, error) { return t.Target.Apply(ctx, environment, step) })
}

func (t interceptedTarget) Preview(ctx context.Context, environment string, object target.Object) (preview target.Preview, err error) {
	err = t.intercept("target preview "+environment+" "+object.App, func() (err error) {
		preview, err = t.Target.Preview(ctx, environment, object)
		return err
	})
	return preview, err
}

func (t interceptedTarget) Quarantine(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	return t.do("quarantine "+environment+" "+app, func() (target.Receipt, error) { return t.Target.Quarantine(ctx, environment, app, mark) })
}

func (t interceptedTarget) Release(ctx context.Context, environment, app string) (target.Receipt, error) {
	return t.do("release "+environment+" "+app, func() (target.Receipt, error) { return t.Target.Release(ctx, environment, app) })
}

func (t interceptedTarget) Remove(ctx context.Context, environment, app string, fence target.Fence) (target.Receipt, error) {
	return t.do("remove "+environment+" "+app, func() (target.Receipt, error) { return t.Target.Remove(ctx, environment, app, fence) })
}

// interceptedThrottler is one that can throttle.
type interceptedThrottler struct {
	interceptedTarget
	by target.Throttler
}

func (t interceptedThrottler) Throttle(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	return t.do("throttle "+environment+" "+app, func() (target.Receipt, error) { return t.by.Throttle(ctx, environment, app, mark) })
}

func (t interceptedThrottler) Unthrottle(ctx context.Context, environment, app string) (target.Receipt, error) {
	return t.do("unthrottle "+environment+" "+app, func() (target.Receipt, error) { return t.by.Unthrottle(ctx, environment, app) })
}
