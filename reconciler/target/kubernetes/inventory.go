package kubernetes

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/share"
)

// Ref names a resource that an inventory lists.
type Ref struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
	// Owned is the digest of the fields that Levee owned in it once it was applied; empty
	// until then.
	Owned string `json:"owned,omitempty"`
	// Leaving is set while it stays only until what took its place is ready.
	Leaving bool `json:"leaving,omitempty"`
}

func refOf(r resource.Resource) Ref {
	api, kind := r.Kind().ToAPIVersionAndKind()
	return Ref{APIVersion: api, Kind: kind, Namespace: r.Namespace(), Name: r.Name()}
}

func (r Ref) kind() schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(r.APIVersion, r.Kind)
}

func (r Ref) String() string { return r.Kind + "/" + r.Name }

// same reports whether two refs name the same thing; a kind may be served in several versions.
func (r Ref) same(o Ref) bool {
	return r.kind().GroupKind() == o.kind().GroupKind() && r.Namespace == o.Namespace && r.Name == o.Name
}

// inventory is what is known of one app in one environment.
type inventory struct {
	Render    catalog.Digest `json:"render,omitempty"`
	Fence     target.Fence   `json:"fence"`
	Disabled  bool           `json:"disabled,omitempty"`
	Mark      *target.Mark   `json:"mark,omitempty"`
	Throttle  *target.Mark   `json:"throttle,omitempty"`
	Resources []Ref          `json:"resources,omitempty"` // what is there, or may be: the app's own
	// Pending is set while it is applied: what is there may be of the render before.
	Pending bool      `json:"pending,omitempty"`
	Applied time.Time `json:"applied,omitzero"`
	// Shares is set where Rollouts took the place of Deployments, to follow a strategy.
	Shares bool `json:"shares,omitempty"`

	document json.RawMessage            // the artefact that was applied, or waits
	damaged  string                     // why it cannot be read; empty where it can
	object   *unstructured.Unstructured // as it was read; nil for a new one
}

// applied are the resources that the document says, as they were applied. There are none where
// the document cannot be read.
func (inv *inventory) applied() []resource.Resource {
	list, err := Resources(inv.document)
	if err != nil {
		return nil
	}
	formed, err := inv.formed(list, inv.document, inv.Disabled, inv.Shares)
	if err != nil {
		return nil
	}
	return formed
}

// formed are the resources of a document as they are applied: with Rollouts where a share of the
// replicas gets content first, none of them runs while the app is disabled, and while it is throttled
// they run with less.
func (inv *inventory) formed(list []resource.Resource, document json.RawMessage, disabled, shares bool) ([]resource.Resource, error) {
	if s, asked := target.StrategyOf(document); asked && shares {
		var err error
		if list, err = share.Form(list, s); err != nil {
			return nil, err
		}
	}
	switch {
	case disabled:
		return idle(list), nil
	case inv.Throttle != nil:
		app, flag := flagOf(document)
		return throttled(list, less(document), app, flag), nil
	}
	return list, nil
}

// The keys of an inventory's config map.
const (
	inventoryKey = "inventory.json"
	documentKey  = "document.json.gz"
)

// maxDocument bounds what an inventory's document becomes when it is unpacked.
const maxDocument = 4 << 20

func inventoryName(environment, app string) string { return environment + "." + app }

func (t *Target) inventories(ctx context.Context) dynamic.ResourceInterface {
	return t.in(ctx, "").Resource(inventories).Namespace(t.namespace)
}

// read returns what is known of an app; an empty inventory where nothing is. What lies there
// under the name of an inventory and is none is somebody else's, and target.ErrForeign.
func (t *Target) read(ctx context.Context, environment, app string) (*inventory, error) {
	object, err := t.inventories(ctx).Get(ctx, inventoryName(environment, app), getOptions)
	if missing(err) {
		return &inventory{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the inventory: %w", told(err))
	}
	if err := t.own(object, roleInventory); err != nil {
		return nil, err
	}
	return readInventory(object), nil
}

// own refuses a config map that this target did not write. Its labels tell: whoever may write
// config maps in the namespace could put one there under any name, and only Levee puts on the
// label of the inventory where the cluster is guarded (see package admission).
func (t *Target) own(object *unstructured.Unstructured, role string) error {
	if labels := object.GetLabels(); labels[labelInventory] == t.namespace && labels[labelRole] == role {
		return nil
	}
	return fmt.Errorf("%w: the ConfigMap %s in %s lacks the labels that Levee puts on its %s (changed by %s): put them back if Levee wrote it, else remove it", target.ErrForeign, object.GetName(), t.namespace, role, strings.Join(changers(object), ", "))
}

// readInventory never fails: one that is damaged hides no other app.
func readInventory(object *unstructured.Unstructured) *inventory {
	inv := &inventory{object: object}
	text, _, _ := unstructured.NestedString(object.Object, "data", inventoryKey)
	if err := json.Unmarshal([]byte(text), inv); err != nil {
		inv.damaged = "its inventory cannot be read: " + err.Error()
		return inv
	}
	packed, ok, _ := unstructured.NestedString(object.Object, "binaryData", documentKey)
	if !ok {
		return inv
	}
	document, err := unpack(packed)
	if err != nil {
		inv.damaged = "the document in its inventory cannot be read: " + err.Error()
	}
	inv.document = document
	return inv
}

func unpack(packed string) (json.RawMessage, error) {
	raw, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	document, err := io.ReadAll(io.LimitReader(r, maxDocument))
	if err == nil && !json.Valid(document) {
		err = errors.New("it is no JSON")
	}
	return document, err
}

// write writes an inventory where nobody else did since it was read; a conflict is an error,
// and whoever writes reads again. An inventory that says nothing is taken away.
func (t *Target) write(ctx context.Context, environment, app string, inv *inventory) error {
	client := t.inventories(ctx)
	if inv.Render == "" && inv.Mark == nil && inv.Throttle == nil && len(inv.Resources) == 0 {
		if inv.object == nil {
			return nil
		}
		uid, version := inv.object.GetUID(), inv.object.GetResourceVersion()
		err := client.Delete(ctx, inv.object.GetName(), metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid, ResourceVersion: &version}})
		if err == nil || missing(err) {
			inv.object = nil
			return nil
		}
		return fmt.Errorf("take the inventory away: %w", told(err))
	}
	text, err := json.Marshal(inv)
	if err != nil {
		return err
	}
	data := map[string]any{inventoryKey: string(text)}
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "data": data,
		"metadata": map[string]any{"name": inventoryName(environment, app), "namespace": t.namespace, "labels": map[string]any{
			manifests.LabelManagedBy: manifests.ManagedBy, labelInventory: t.namespace, manifests.LabelApp: app, manifests.LabelEnvironment: environment, labelRole: roleInventory,
		}},
	}}
	if len(inv.document) > 0 {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write(inv.document) // to memory
		_ = w.Close()
		object.Object["binaryData"] = map[string]any{documentKey: base64.StdEncoding.EncodeToString(packed.Bytes())}
	}
	if inv.object == nil {
		inv.object, err = client.Create(ctx, object, metav1.CreateOptions{FieldManager: manager})
	} else {
		object.SetResourceVersion(inv.object.GetResourceVersion())
		object.SetUID(inv.object.GetUID())
		inv.object, err = client.Update(ctx, object, metav1.UpdateOptions{FieldManager: manager})
	}
	if missing(err) && inv.object == nil {
		return fmt.Errorf("write the inventory: %w; the namespace %s has to be there", told(err), t.namespace)
	}
	if err != nil {
		return fmt.Errorf("write the inventory: %w", told(err))
	}
	return nil
}

// labelRole tells inventories from what else is in their namespace.
const (
	labelRole     = "levee.dev/role"
	roleInventory = "inventory"
	roleWitness   = "witness"
)

// raise has the environment remember a fence whose inventory is about to go.
func (t *Target) raise(ctx context.Context, environment string, fence target.Fence) error {
	client := t.inventories(ctx)
	t.seen(environment, fence)
	for range 5 {
		object, err := client.Get(ctx, environment, getOptions)
		none := missing(err)
		if err != nil && !none {
			return fmt.Errorf("read the witness: %w", told(err))
		}
		if !none {
			if err := t.own(object, roleWitness); err != nil {
				return err
			}
		}
		if !none && witnessOf(object).Admission >= fence.Admission {
			return nil
		}
		text, err := json.Marshal(fence)
		if err != nil {
			return err
		}
		next := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{roleWitness: string(text)},
			"metadata": map[string]any{"name": environment, "namespace": t.namespace, "labels": map[string]any{
				labelInventory: t.namespace, manifests.LabelEnvironment: environment, labelRole: roleWitness,
			}},
		}}
		if none {
			_, err = client.Create(ctx, next, metav1.CreateOptions{FieldManager: manager})
		} else {
			next.SetResourceVersion(object.GetResourceVersion())
			_, err = client.Update(ctx, next, metav1.UpdateOptions{FieldManager: manager})
		}
		if err == nil {
			return nil
		}
		if !apierrors.IsConflict(err) && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("write the witness: %w", told(err))
		}
	}
	return errors.New("the witness is written by others all the time")
}

func witnessOf(object *unstructured.Unstructured) (fence target.Fence) {
	text, _, _ := unstructured.NestedString(object.Object, "data", roleWitness)
	_ = json.Unmarshal([]byte(text), &fence) // one that is damaged says nothing
	return fence
}
