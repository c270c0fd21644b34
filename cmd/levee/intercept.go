package main

import (
	"context"

	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/target"
)

// interceptedForge is a forge whose actions are intercepted.
type interceptedForge struct {
	forge.Forge
	intercept intercept
}

func (f interceptedForge) Do(ctx context.Context, a forge.Action) (receipt forge.Receipt, err error) {
	err = f.intercept("forge "+a.Change, func() (err error) {
		receipt, err = f.Forge.Do(ctx, a)
		return err
	})
	return receipt, err
}

// interceptedSender is a sender whose notices are intercepted.
type interceptedSender struct {
	sender    notifier.Sender
	intercept intercept
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
	intercept intercept
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
