package cut

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/live"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/workload"
)

// A measure is one thing that a containment does to one resource of an app.
type measure struct {
	kind string // one of catalog.Measures
	ref  resource.Ref
	did  string // what was done, once it is
	is   string // what is so until it is done, as drift says it
}

// uncut lists what a containment of the app has still to do, in the order in which it is done.
// Nothing is done to what is not this target's.
func (c *Cutter) uncut(environment, app string, inv *inventory.Inventory, found *live.Resources) []measure {
	var all []measure
	own := func(yield func(resource.Ref, *unstructured.Unstructured)) {
		for _, ref := range inv.Resources {
			if object := found.Get(ref); object != nil && c.api.Owns(object) {
				yield(ref, object)
			}
		}
	}
	recipe := inv.Recipe()
	for _, kind := range settings.Measures {
		if !slices.Contains(recipe, kind) {
			continue
		}
		switch kind {
		case settings.MeasureStop:
			own(func(ref resource.Ref, object *unstructured.Unstructured) {
				if workload.Stopped(ref.Kind) != nil && workload.Runs(object) {
					all = append(all, measure{kind, ref, "stopped " + ref.String(), ref.String() + " runs though the app is contained"})
				}
				// A CronJob that is suspended starts no run any more, and ends none.
				for _, run := range workload.Jobs(ref, object) {
					all = append(all, measure{kind, run, "ended " + run.String(), run.String() + " runs though the app is contained"})
				}
			})
		case settings.MeasureNetwork:
			if denial := inv.Denial(environment, app).Ref(); inv.Home() != "" && found.Get(denial) == nil {
				all = append(all, measure{kind, denial, "refused all traffic", "its traffic is not refused though the app is contained"})
			}
			// Policies add up: what one of the app's own allows stays allowed, whatever another
			// refuses. They go after it is there, so that nothing is open between.
			own(func(ref resource.Ref, object *unstructured.Unstructured) {
				if slices.Contains(allowing, ref.Kind) && object.GetDeletionTimestamp() == nil {
					all = append(all, measure{kind, ref, "took away what " + ref.String() + " allows", ref.String() + " allows traffic though the app is contained"})
				}
			})
		case settings.MeasureTokens:
			own(func(ref resource.Ref, object *unstructured.Unstructured) {
				if ref.Kind == "ServiceAccount" && object.GetDeletionTimestamp() == nil {
					all = append(all, measure{kind, ref, "revoked the tokens of " + ref.String(), "the tokens of " + ref.String() + " are good though the app is contained"})
				}
			})
		case settings.MeasureFlag:
			own(func(ref resource.Ref, object *unstructured.Unstructured) {
				if ref.Kind != "ConfigMap" || ref.Name != app || inv.Flag() == "" {
					return
				}
				if value, _, _ := unstructured.NestedString(object.Object, "data", inv.Flag()); value != "false" {
					all = append(all, measure{kind, ref, "switched the flag " + inv.Flag() + " off", "the flag " + inv.Flag() + " is on though the app is contained"})
				}
			})
		}
	}
	return all
}

// allowing are the kinds of policies that let traffic through.
var allowing = []string{"NetworkPolicy", "CiliumNetworkPolicy"}

// Drift says what of a contained app is not cut; empty where all of it is.
func (c *Cutter) Drift(environment, app string, inv *inventory.Inventory, found *live.Resources) string {
	var words []string
	for _, m := range c.uncut(environment, app, inv, found) {
		words = append(words, m.is)
	}
	return live.FirstOf(words, "; ")
}
