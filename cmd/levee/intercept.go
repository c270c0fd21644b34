package main

import (
	"context"

	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/target"
)

// aroundForge is a forge whose actions go through around.
type aroundForge struct {
	forge.Forge
	around around
}

func (f aroundForge) Do(ctx context.Context, a forge.Action) (receipt forge.Receipt, err error) {
	err = f.around("forge "+a.Change, func() (err error) {
		receipt, err = f.Forge.Do(ctx, a)
		return err
	})
	return receipt, err
}

// aroundSender is a sender whose notices go through around.
type aroundSender struct {
	sender notifier.Sender
	around around
}

func (s aroundSender) Send(ctx context.Context, n notifier.Notice) (receipt notifier.Receipt, err error) {
	err = s.around("send "+n.Key, func() (err error) {
		receipt, err = s.sender.Send(ctx, n)
		return err
	})
	return receipt, err
}

// aroundTarget is a target whose effects, and what it is asked before, go through around.
type aroundTarget struct {
	target.Target
	around around
}

func (t aroundTarget) do(what string, effect func() (target.Receipt, error)) (receipt target.Receipt, err error) {
	err = t.around("target "+what, func() (err error) {
		receipt, err = effect()
		return err
	})
	return receipt, err
}

func (t aroundTarget) Apply(ctx context.Context, environment string, step target.Step) (target.Receipt, error) {
	return t.do("apply "+environment+" "+step.App, func() (target.Receipt, error) { return t.Target.Apply(ctx, environment, step) })
}

func (t aroundTarget) Preview(ctx context.Context, environment string, object target.Object) (preview target.Preview, err error) {
	err = t.around("target preview "+environment+" "+object.App, func() (err error) {
		preview, err = t.Target.Preview(ctx, environment, object)
		return err
	})
	return preview, err
}

func (t aroundTarget) Quarantine(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	return t.do("quarantine "+environment+" "+app, func() (target.Receipt, error) { return t.Target.Quarantine(ctx, environment, app, mark) })
}

func (t aroundTarget) Release(ctx context.Context, environment, app string) (target.Receipt, error) {
	return t.do("release "+environment+" "+app, func() (target.Receipt, error) { return t.Target.Release(ctx, environment, app) })
}

func (t aroundTarget) Remove(ctx context.Context, environment, app string, fence target.Fence) (target.Receipt, error) {
	return t.do("remove "+environment+" "+app, func() (target.Receipt, error) { return t.Target.Remove(ctx, environment, app, fence) })
}
