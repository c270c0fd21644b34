package live

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/ownership"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/share"
)

// Drift says what differs from what was applied, and what runs more than a throttle leaves; empty where
// nothing does.
func Drift(inv *inventory.Inventory, found *Resources) string {
	var words []string
	for _, ref := range inv.Resources {
		object := found.Get(ref)
		switch {
		case ref.Leaving:
			if by := share.Successor(inv.Resources, ref); object != nil && (by == nil || WellOff(found.Get(*by))) {
				words = append(words, ref.String()+" is there though what took its place is ready")
			}
		case object == nil:
			words = append(words, ref.String()+" is not there")
		case object.GetDeletionTimestamp() != nil:
			words = append(words, ref.String()+" is being deleted")
		default:
			is, err := ownership.Digest(object)
			if err != nil {
				words = append(words, fmt.Sprintf("%s: %v", ref, err))
			} else if is != ref.Owned {
				said := ref.String() + " was changed"
				if who := ownership.Changers(object); len(who) > 0 {
					said += " by " + strings.Join(who, ", ")
				}
				words = append(words, said)
			}
		}
	}
	return strings.Join(slices.DeleteFunc([]string{FirstOf(words, "; "), overLimit(inv, found)}, func(w string) bool { return w == "" }), "; ")
}

// AsApplied reports whether a live resource is as it was when it was applied.
func AsApplied(ref resource.Ref, live *unstructured.Unstructured) bool {
	if live == nil || live.GetDeletionTimestamp() != nil {
		return false
	}
	is, err := ownership.Digest(live)
	return err == nil && is != "" && is == ref.Owned
}

// mostNamed is how many resources drift names, and how many fields and people of one.
const mostNamed = 3

// FirstOf names the first of a list, and how many more there are.
func FirstOf(list []string, between string) string {
	if more := len(list) - mostNamed; more > 0 {
		list = append(slices.Clone(list[:mostNamed]), fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, between)
}

// Foreign refuses to touch what no inventory of this target lists and is there.
func Foreign(inv *inventory.Inventory, desired []resource.Resource, found *Resources) error {
	for _, r := range desired {
		ref := r.Ref()
		object := found.Get(ref)
		if object == nil || resource.Listed(inv.Resources, ref) != nil {
			continue
		}
		who := ownership.Changers(object)
		return fmt.Errorf("%w: %s is there already (put there by %s): remove it, or call the app otherwise", target.ErrForeign, ref, strings.Join(who, ", "))
	}
	return nil
}
