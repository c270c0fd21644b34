package apiserver

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
)

// Watch tells what changes of what belongs to this target, until ctx ends: of the config maps of the
// inventories, of the kinds that these list, and of those that are met while it watches. The
// informers watch again by themselves where a watch ends, and list again where something was missed.
func (c *Client) Watch(ctx context.Context, listed func(context.Context) ([]schema.GroupVersionKind, error), changed func(target.Event)) error {
	ctx, stop := context.WithCancelCause(ctx)
	w := &watcher{c: c, changed: changed, kinds: map[schema.GroupVersionResource]bool{}, ctx: ctx}
	c.mu.Lock()
	c.met = w.add
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.met = nil
		c.mu.Unlock()
		stop(nil)
		w.side.Wait()
	}()
	w.add(configMaps)
	if err := w.addListed(listed); err != nil && ctx.Err() == nil {
		return err
	}
	w.begin()
	<-ctx.Done()
	return context.Cause(ctx)
}

type watcher struct {
	c    *Client
	ctx  context.Context
	side sync.WaitGroup

	mu      sync.Mutex
	changed func(target.Event)
	begun   bool // the first event was told
	kinds   map[schema.GroupVersionResource]bool
	synced  []cache.InformerSynced
}

// begin tells the first event. It is about everything, so that of what was found before it
// nothing need be told.
func (w *watcher) begin() {
	w.mu.Lock()
	w.begun = true
	w.mu.Unlock()
	w.tell(target.Event{})
}

func (w *watcher) tell(e target.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun && w.ctx.Err() == nil {
		w.changed(e)
	}
}

// addListed watches the kinds that inventories list, and waits until they are watched: the
// first event says that what is changed from then on is told.
func (w *watcher) addListed(listed func(context.Context) ([]schema.GroupVersionKind, error)) error {
	kinds, err := listed(w.ctx)
	if err != nil {
		return fmt.Errorf("watch the cluster: %w", err)
	}
	for _, kind := range kinds {
		mapping, err := w.c.mapper.of(w.ctx, kind)
		if err != nil {
			w.c.log.Error("a kind cannot be watched", "kind", kind.String(), "error", err)
			continue
		}
		w.add(mapping.Resource)
	}
	w.mu.Lock()
	synced := slices.Clone(w.synced)
	w.mu.Unlock()
	wait, stop := context.WithTimeout(w.ctx, syncFor)
	defer stop()
	if !cache.WaitForCacheSync(wait.Done(), synced...) && w.ctx.Err() == nil {
		w.c.log.Error("not all kinds can be watched yet; what changes of the others is found by the regular look", "after", syncFor)
	}
	return nil
}

// syncFor is how long the kinds that inventories list are waited for: one of them may be
// refused to the daemon, or its API may be down, and the others are watched all the same.
const syncFor = 30 * time.Second

// add watches one more kind.
func (w *watcher) add(kind schema.GroupVersionResource) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kinds[kind] || w.ctx.Err() != nil {
		return
	}
	w.kinds[kind] = true
	informer := metadatainformer.NewFilteredMetadataInformer(w.c.metadata, kind, metav1.NamespaceAll, 0, cache.Indexers{}, func(o *metav1.ListOptions) {
		o.LabelSelector = manifests.LabelInventory + "=" + w.c.Namespace
	}).Informer()
	tell := func(object any) {
		if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = gone.Obj
		}
		m, ok := object.(metav1.Object)
		if !ok {
			w.tell(target.Event{})
			return
		}
		if environment, app := m.GetLabels()[manifests.LabelEnvironment], m.GetLabels()[manifests.LabelApp]; environment != "" {
			w.tell(target.Event{Environment: environment, App: app})
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(object any, initial bool) {
			if !initial {
				tell(object)
			}
		},
		UpdateFunc: func(before, after any) {
			a, ok := before.(metav1.Object)
			b, alsoOK := after.(metav1.Object)
			if ok && alsoOK && a.GetResourceVersion() == b.GetResourceVersion() {
				return // looked at again, and nothing is new
			}
			tell(after)
		},
		DeleteFunc: tell,
	})
	if err != nil {
		w.c.log.Error("a kind cannot be watched", "kind", kind.String(), "error", err)
		return
	}
	w.synced = append(w.synced, informer.HasSynced)
	w.side.Go(func() { informer.RunWithContext(w.ctx) })
}
