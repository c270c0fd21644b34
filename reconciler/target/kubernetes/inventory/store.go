package inventory

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/ownership"
)

// Store is the inventories that lie in a cluster. Its methods are safe for concurrent use.
type Store struct {
	api *apiserver.Client

	mu      sync.Mutex
	witness map[string]target.Fence // the newest fence that was seen, by environment
	known   map[string]bool         // environments all of whose inventories were read
}

// NewStore asks nothing of the cluster yet.
func NewStore(api *apiserver.Client) *Store {
	return &Store{api: api, witness: map[string]target.Fence{}, known: map[string]bool{}}
}

// Read returns what is known of an app; an empty inventory where nothing is. What lies there
// under the name of an inventory and is none is somebody else's, and target.ErrForeign.
func (s *Store) Read(ctx context.Context, environment, app string) (*Inventory, error) {
	object, err := s.api.ConfigMaps(ctx).Get(ctx, Name(environment, app), metav1.GetOptions{})
	if apiserver.Missing(err) {
		return &Inventory{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the inventory: %w", apiserver.Told(err))
	}
	if err := s.own(object, Role); err != nil {
		return nil, err
	}
	return parse(object), nil
}

// own refuses a config map that this target did not write. Its labels tell: whoever may write
// config maps in the namespace could put one there under any name, and only Levee puts on the
// label of the inventory where the cluster is guarded (see package admission).
func (s *Store) own(object *unstructured.Unstructured, role string) error {
	if labels := object.GetLabels(); labels[manifests.LabelInventory] == s.api.Namespace && labels[LabelRole] == role {
		return nil
	}
	return fmt.Errorf("%w: the ConfigMap %s in %s lacks the labels that Levee puts on its %s (changed by %s): put them back if Levee wrote it, else remove it", target.ErrForeign, object.GetName(), s.api.Namespace, role, strings.Join(ownership.Changers(object), ", "))
}

// All returns the inventories of an environment, by app.
func (s *Store) All(ctx context.Context, environment string) (map[string]*Inventory, error) {
	all := map[string]*Inventory{}
	err := s.api.ListConfigMaps(ctx, environment, LabelRole, func(object *unstructured.Unstructured) {
		app := object.GetLabels()[manifests.LabelApp]
		switch {
		case object.GetLabels()[LabelRole] == roleWitness:
			s.Seen(environment, witnessOf(object))
		case object.GetName() == Name(environment, app):
			inv := parse(object)
			s.Seen(environment, inv.Fence)
			all[app] = inv
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list the inventories: %w", err)
	}
	s.mu.Lock()
	s.known[environment] = true
	s.mu.Unlock()
	return all, nil
}

// Write writes an inventory where nobody else did since it was read; a conflict is an error,
// and whoever writes reads again. An inventory that says nothing is taken away.
func (s *Store) Write(ctx context.Context, environment, app string, inv *Inventory) error {
	client := s.api.ConfigMaps(ctx)
	if inv.Render == "" && inv.Mark == nil && inv.Throttle == nil && len(inv.Resources) == 0 {
		if inv.object == nil {
			return nil
		}
		uid, version := inv.object.GetUID(), inv.object.GetResourceVersion()
		err := client.Delete(ctx, inv.object.GetName(), metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid, ResourceVersion: &version}})
		if err == nil || apiserver.Missing(err) {
			inv.object = nil
			return nil
		}
		return fmt.Errorf("take the inventory away: %w", apiserver.Told(err))
	}
	text, err := json.Marshal(inv)
	if err != nil {
		return err
	}
	data := map[string]any{inventoryKey: string(text)}
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "data": data,
		"metadata": map[string]any{"name": Name(environment, app), "namespace": s.api.Namespace, "labels": map[string]any{
			manifests.LabelManagedBy: manifests.ManagedBy, manifests.LabelInventory: s.api.Namespace, manifests.LabelApp: app, manifests.LabelEnvironment: environment, LabelRole: Role,
		}},
	}}
	if len(inv.Document) > 0 {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write(inv.Document) // to memory
		_ = w.Close()
		object.Object["binaryData"] = map[string]any{documentKey: base64.StdEncoding.EncodeToString(packed.Bytes())}
	}
	if inv.object == nil {
		inv.object, err = client.Create(ctx, object, metav1.CreateOptions{FieldManager: ownership.Manager})
	} else {
		object.SetResourceVersion(inv.object.GetResourceVersion())
		object.SetUID(inv.object.GetUID())
		inv.object, err = client.Update(ctx, object, metav1.UpdateOptions{FieldManager: ownership.Manager})
	}
	if apiserver.Missing(err) && inv.object == nil {
		return fmt.Errorf("write the inventory: %w; the namespace %s has to be there", apiserver.Told(err), s.api.Namespace)
	}
	if err != nil {
		return fmt.Errorf("write the inventory: %w", apiserver.Told(err))
	}
	return nil
}

// Kinds are those of what the inventories of all environments list.
func (s *Store) Kinds(ctx context.Context) ([]schema.GroupVersionKind, error) {
	list, err := s.api.ConfigMaps(ctx).List(ctx, metav1.ListOptions{LabelSelector: manifests.LabelInventory + "=" + s.api.Namespace + "," + LabelRole + "=" + Role})
	if err != nil {
		return nil, fmt.Errorf("list the inventories: %w", apiserver.Told(err))
	}
	kinds := map[schema.GroupVersionKind]bool{}
	for i := range list.Items {
		for _, ref := range parse(&list.Items[i]).Resources {
			kinds[ref.GVK()] = true
		}
	}
	return slices.Collect(maps.Keys(kinds)), nil
}
