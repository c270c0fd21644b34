package apiserver

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/ownership"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Try has the API server say what would become of a resource, and changes nothing. Its errors are
// as the API server gives them.
func (c *Client) Try(ctx context.Context, environment string, r resource.Resource) (*unstructured.Unstructured, error) {
	return c.patch(ctx, environment, r, metav1.DryRunAll)
}

// Apply applies one resource.
func (c *Client) Apply(ctx context.Context, environment string, r resource.Resource) (*unstructured.Unstructured, error) {
	ref := r.Ref()
	applied, err := c.patch(ctx, environment, r)
	switch {
	case apierrors.IsInvalid(err) && strings.Contains(err.Error(), "immutable"):
		return nil, fmt.Errorf("%w: %s has a field that cannot be changed once it is there: %w. Delete it by hand, or call it otherwise in the chart; nothing is deleted by itself", target.ErrPermanent, ref, err)
	case err != nil:
		return nil, fmt.Errorf("apply %s: %w", ref, Told(err))
	}
	return applied, nil
}

// patch sends a resource, marked as this target's, to be applied or only tried. Its fields are
// Levee's: whoever took one over loses it.
func (c *Client) patch(ctx context.Context, environment string, r resource.Resource, dryRun ...string) (*unstructured.Unstructured, error) {
	mapping, err := c.mapping(ctx, r.Kind())
	if err != nil {
		return nil, err
	}
	if mapping.GroupVersionKind.Version != r.Kind().Version {
		return nil, NotServed{r.Kind()}
	}
	client, err := c.at(ctx, environment, r.Ref())
	if err != nil {
		return nil, err
	}
	marked := unstructured.Unstructured{Object: runtime.DeepCopyJSON(r.Content)}
	labels := marked.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	labels[manifests.LabelInventory] = c.Namespace
	marked.SetLabels(labels)
	raw, err := marked.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return client.Patch(ctx, r.Name(), types.ApplyPatchType, raw, metav1.PatchOptions{FieldManager: ownership.Manager, Force: new(true), DryRun: dryRun})
}

// Overwrite sets fields of a resource while its app is contained or throttled.
func (c *Client) Overwrite(ctx context.Context, environment string, ref resource.Ref, fields map[string]any) error {
	client, err := c.at(ctx, environment, ref)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	if _, err := client.Patch(ctx, ref.Name, types.MergePatchType, raw, metav1.PatchOptions{FieldManager: ownership.Cutter}); err != nil {
		return fmt.Errorf("change %s: %w", ref, Told(err))
	}
	return nil
}

// Delete takes away what an inventory lists and is still this target's; what was put there by
// somebody else under the same name stays. It reports whether anything was there.
func (c *Client) Delete(ctx context.Context, environment string, ref resource.Ref) (bool, error) {
	object, err := c.Get(ctx, environment, ref)
	if err != nil || object == nil || !c.Owns(object) {
		return false, err
	}
	if err := c.end(ctx, environment, ref, object.GetUID(), "delete"); err != nil {
		return false, err
	}
	return true, nil
}

// End deletes a live resource and nothing that took its name meanwhile. One that is not there any
// more has ended.
func (c *Client) End(ctx context.Context, environment string, ref resource.Ref, uid types.UID) error {
	return c.end(ctx, environment, ref, uid, "end")
}

// end is for what is there under a UID; an error says what was attempted.
func (c *Client) end(ctx context.Context, environment string, ref resource.Ref, uid types.UID, attempt string) error {
	client, err := c.at(ctx, environment, ref)
	if err != nil {
		return err
	}
	how := metav1.DeletePropagationBackground
	err = client.Delete(ctx, ref.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: &how})
	if err != nil && !Missing(err) {
		return fmt.Errorf("%s %s: %w", attempt, ref, Told(err))
	}
	return nil
}
