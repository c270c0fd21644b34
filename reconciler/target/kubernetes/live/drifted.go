package live

import (
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/ownership"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Drifted is what differs from what was applied, by resource: which of the fields that Levee
// applied others own now, and who they are.
func Drifted(inv *inventory.Inventory, found *Resources) (all []target.Drifted) {
	applied := inv.Formed()
	over := TooMany(inv, found)
	for _, ref := range inv.Resources {
		object := found.Get(ref)
		switch {
		case ref.Leaving:
			continue // nobody changed it: it goes when its time has come
		case object == nil || object.GetDeletionTimestamp() != nil:
			all = append(all, target.Drifted{What: ref.String()})
			continue
		case resource.Listed(over, ref) != nil:
			all = append(all, target.Drifted{What: ref.String(), Field: "spec.replicas", By: strings.Join(ownership.Owners(object, "spec", "replicas"), ", ")})
			continue
		case AsApplied(ref, object):
			continue
		}
		fields, by := ownership.Taken(resource.Find(applied, ref).Content, object)
		if len(by) == 0 {
			by = ownership.Changers(object)
		}
		all = append(all, target.Drifted{What: ref.String(), Field: FirstOf(fields, ", "), By: FirstOf(by, ", ")})
	}
	return all
}
