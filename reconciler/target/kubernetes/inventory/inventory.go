package inventory

import (
	"encoding/json"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Inventory is what is known of one app in one environment.
type Inventory struct {
	Render    catalog.Digest `json:"render,omitempty"`
	Fence     target.Fence   `json:"fence"`
	Disabled  bool           `json:"disabled,omitempty"`
	Mark      *target.Mark   `json:"mark,omitempty"`
	Throttle  *target.Mark   `json:"throttle,omitempty"`
	Resources []resource.Ref `json:"resources,omitempty"` // what is there, or may be: the app's own
	// Pending is set while it is applied: what is there may be of the render before.
	Pending bool      `json:"pending,omitempty"`
	Applied time.Time `json:"applied,omitzero"`
	// Shares is set where Rollouts took the place of Deployments, to follow a strategy.
	Shares bool `json:"shares,omitempty"`

	Document json.RawMessage `json:"-"` // the artefact that was applied, or waits
	Damaged  string          `json:"-"` // why it cannot be read; empty where it can

	object *unstructured.Unstructured // as it was read; nil for a new one
}

// Formed are the resources that the document says, as they were applied. There are none where
// the document cannot be read.
func (inv *Inventory) Formed() []resource.Resource {
	list, err := artefact.Resources(inv.Document)
	if err != nil {
		return nil
	}
	formed, err := inv.form(inv.Disabled, inv.Shares).Of(list, inv.Document)
	if err != nil {
		return nil
	}
	return formed
}

// Settled are the resources as they were applied, where that came to its end; none otherwise.
func (inv *Inventory) Settled() []resource.Resource {
	if inv.Pending || inv.Damaged != "" {
		return nil
	}
	return inv.Formed()
}

// Desired is what shall be there of an object, in the form in which it is applied.
func (inv *Inventory) Desired(object target.Object, shares bool) ([]resource.Resource, error) {
	list, err := artefact.Resources(object.Document)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", target.ErrPermanent, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: what is to be applied has no resources; it was not rendered for Kubernetes", target.ErrPermanent)
	}
	for _, r := range list {
		if r.Metadata() == nil || r.Name() == "" || r.Kind().Kind == "" {
			return nil, fmt.Errorf("%w: one of the resources has no kind or no name", target.ErrPermanent)
		}
	}
	if list, err = inv.form(object.Disabled, shares).Of(list, object.Document); err != nil {
		return nil, fmt.Errorf("%w: %w", target.ErrPermanent, err)
	}
	return list, nil
}

func (inv *Inventory) form(disabled, shares bool) artefact.Form {
	return artefact.Form{Disabled: disabled, Throttled: inv.Throttle != nil, Shares: shares}
}

// Known reports whether there is an inventory: anything of the app was ever applied or marked.
func (inv *Inventory) Known() bool { return inv.object != nil }

// Coming is the inventory as the look before an apply reads it: with what is coming besides.
func (inv *Inventory) Coming(desired []resource.Resource) *Inventory {
	return &Inventory{object: inv.object, Resources: resource.Union(inv.Resources, resource.Refs(desired))}
}

// Removed is the inventory once nothing of the app is there any more: its marks stay.
func (inv *Inventory) Removed() *Inventory {
	return &Inventory{object: inv.object, Mark: inv.Mark, Throttle: inv.Throttle}
}

// Recipe are the measures that a containment of the app takes.
func (inv *Inventory) Recipe() []string { return artefact.Containment(inv.Document) }
