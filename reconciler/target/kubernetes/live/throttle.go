package live

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/workload"
)

// TooMany lists the resources of a throttled app that run more replicas than it is left, and say
// no number of their own: a person or an autoscaler set it.
func TooMany(inv *inventory.Inventory, found *Resources) (all []resource.Ref) {
	if inv.Throttle == nil || inv.Disabled {
		return nil
	}
	most := int64(artefact.Throttle(inv.Document).Replicas)
	applied := inv.Formed()
	for _, ref := range inv.Resources {
		object := found.Get(ref)
		if object == nil || !workload.Scales(ref.Kind) || workload.SaysReplicas(resource.Find(applied, ref)) {
			continue // one that says its number is corrected by it
		}
		if n, _, _ := unstructured.NestedInt64(object.Object, "spec", "replicas"); n > most {
			all = append(all, ref)
		}
	}
	return all
}

// overLimit says what runs more than a throttle leaves; empty where nothing does.
func overLimit(inv *inventory.Inventory, found *Resources) string {
	var words []string
	for _, ref := range TooMany(inv, found) {
		words = append(words, ref.String()+" runs more replicas than a throttled app is left")
	}
	return FirstOf(words, "; ")
}
