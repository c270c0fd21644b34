package kubernetes

import (
	"context"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/cut"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
)

// DefaultNamespace is where inventories lie unless an option says otherwise.
const DefaultNamespace = apiserver.DefaultNamespace

// Options is what a Target is made of.
type Options = apiserver.Options

// Target is one cluster. Its methods are safe for concurrent use.
type Target struct {
	api   *apiserver.Client
	store *inventory.Store

	observer
	previewer
	*applier
	remover
	containment
	throttler
	sharer
}

var (
	_ target.Target    = (*Target)(nil)
	_ target.Throttler = (*Target)(nil)
	_ target.Sharer    = (*Target)(nil)
	_ target.Watcher   = (*Target)(nil)
)

// New makes a Target. It asks nothing of the cluster yet, so that a cluster that is away
// keeps nobody from starting.
func New(o Options) (*Target, error) {
	api, err := apiserver.New(o)
	if err != nil {
		return nil, err
	}
	store, cutter, busy := inventory.NewStore(api), cut.NewCutter(api), &acting{}
	shares := sharer{api, store}
	apply := &applier{api, store, cutter, shares, busy}
	return &Target{
		api: api, store: store,
		observer: observer{api, store, cutter, busy}, previewer: previewer{api, store, shares}, applier: apply, remover: remover{api, store, cutter, busy},
		containment: containment{store, cutter, busy}, throttler: throttler{api, store, apply, busy}, sharer: shares,
	}, nil
}

// Plan implements target.Target.
func (t *Target) Plan(desired []target.Object, observed target.Inventory) []target.Step {
	return target.Plan(desired, observed)
}

// Watch implements target.Watcher. Of every kind that inventories list, what belongs to this
// target is watched; kinds are added as they are met.
func (t *Target) Watch(ctx context.Context, changed func(target.Event)) error {
	return t.api.Watch(ctx, t.store.Kinds, changed)
}
