// Package targettest holds what every target is held to, and a target that is
// nothing but memory.
//
// TestTarget is the conformance suite: each kind of target runs it against the
// real thing, and the fake runs it too, so that whoever tests with the fake tests
// with something that behaves. New makes the fake. It keeps state as a real target
// does, and beyond that it can be tampered with, asked what runs, asked what it
// was told, and told to fail before or after doing what it is asked.
package targettest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Fake is a target in memory. Its zero value is not for use; see New.
type Fake struct {
	mu           sync.Mutex
	environments map[string]*place
	calls        []Call
	failures     []Failure
}

var (
	_ target.Target    = (*Fake)(nil)
	_ target.Throttler = (*Fake)(nil)
	_ target.Sharer    = (*Fake)(nil)
)

// place is one environment.
type place struct {
	held      map[string]target.Object // the inventory
	marks     map[string]target.Mark   // of containments
	throttles map[string]target.Mark
	running   map[string]running
	health    map[string]target.Health // of what runs
	witness   target.Fence
}

// running is what is there under an app's name.
type running struct {
	render   catalog.Digest
	document json.RawMessage
	tampered string // how, in words; empty while it is as applied
	foreign  bool
	less     bool // than it was given
}

// New returns an empty fake.
func New() *Fake { return &Fake{environments: map[string]*place{}} }

// at returns an environment, which comes to be by being named.
func (f *Fake) at(environment string) *place {
	p := f.environments[environment]
	if p == nil {
		p = &place{
			held: map[string]target.Object{}, marks: map[string]target.Mark{}, throttles: map[string]target.Mark{},
			running: map[string]running{}, health: map[string]target.Health{},
		}
		f.environments[environment] = p
	}
	return p
}

// Observe implements target.Target.
func (f *Fake) Observe(ctx context.Context, environment string, apps ...string) (target.Inventory, error) {
	if err := target.CheckNames(environment, apps...); err != nil {
		return target.Inventory{}, fmt.Errorf("observe %s: %w", clip(environment), err)
	}
	inventory := target.Inventory{Apps: map[string]target.Observed{}}
	err := f.do(ctx, Call{Method: "Observe", Environment: environment, Apps: slices.Clone(apps)}, func(p *place) error {
		inventory.Witness = p.witness
		if len(apps) == 0 {
			apps = slices.Concat(slices.Collect(maps.Keys(p.held)), slices.Collect(maps.Keys(p.marks)), slices.Collect(maps.Keys(p.throttles)))
		}
		for _, app := range apps {
			if o, ok := p.observe(app); ok {
				inventory.Apps[app] = o
			}
		}
		return nil
	})
	if err != nil {
		return target.Inventory{}, err
	}
	return inventory, nil
}

// observe says what is held of one app, and how it drifted.
func (p *place) observe(app string) (target.Observed, bool) {
	o := target.Observed{App: app}
	if mark, ok := p.marks[app]; ok {
		o.Mark = &mark
	}
	if mark, ok := p.throttles[app]; ok {
		o.Throttle = &mark
	}
	h, ok := p.held[app]
	if !ok {
		return o, o.Mark != nil || o.Throttle != nil
	}
	o.Render, o.Fence, o.Disabled = h.Render, h.Fence, h.Disabled
	o.Document = slices.Clone(h.Document)
	is, runs := p.running[app]
	switch {
	case !runs && o.Mark == nil && !o.Disabled:
		o.Drift = "it does not run"
	case runs && o.Mark != nil:
		o.Drift = "it runs although it is contained"
	case runs && o.Disabled:
		o.Drift = "it runs although it is disabled"
	case runs && is.tampered != "":
		o.Drift = is.tampered
	case runs && is.less != (o.Throttle != nil):
		o.Drift = "it runs with less, or more, than it shall"
	}
	switch {
	case o.Mark != nil || o.Disabled:
	case o.Drift != "":
		o.Health = target.Health{State: target.Failing, Reason: o.Drift}
	default:
		o.Health = p.health[app]
	}
	return o, true
}

// Plan implements target.Target.
func (f *Fake) Plan(desired []target.Object, observed target.Inventory) []target.Step {
	return target.Plan(desired, observed)
}
