package cut

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/live"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/workload"
)

// Cutter cuts what runs of contained apps.
type Cutter struct{ api *apiserver.Client }

// NewCutter is for the apps of one cluster.
func NewCutter(api *apiserver.Client) *Cutter { return &Cutter{api} }

// Cut does what a containment of an app has still to do. It says what it did; nothing where it
// was so already. What the recipe leaves running is told as well.
func (c *Cutter) Cut(ctx context.Context, environment, app string, inv *inventory.Inventory) (did, left []string, err error) {
	found, err := live.OfApp(ctx, c.api, environment, app, inv)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range c.uncut(environment, app, inv, found) {
		if err := c.take(ctx, environment, app, inv, m); err != nil {
			return did, nil, err
		}
		did = append(did, m.did)
	}
	if !slices.Contains(inv.Recipe(), settings.MeasureStop) {
		for _, ref := range inv.Resources {
			if object := found.Get(ref); object != nil && workload.Runs(object) {
				left = append(left, ref.String()+" goes on: the class of the app has its containment stop nothing")
			}
		}
	}
	return did, left, nil
}

// take takes one measure.
func (c *Cutter) take(ctx context.Context, environment, app string, inv *inventory.Inventory, m measure) error {
	switch m.kind {
	case settings.MeasureStop:
		if resource.Listed(inv.Resources, m.ref) == nil {
			return c.endRun(ctx, environment, inv, m.ref)
		}
		return c.api.Overwrite(ctx, environment, m.ref, map[string]any{"spec": workload.Stopped(m.ref.Kind)})
	case settings.MeasureNetwork:
		if denial := inv.Denial(environment, app); m.ref.Same(denial.Ref()) {
			_, err := c.api.Apply(ctx, environment, denial)
			return err
		}
		_, err := c.api.Delete(ctx, environment, m.ref)
		return err
	case settings.MeasureTokens:
		// A token is bound to the account it was issued for, and not to its name: with
		// the account go all of them, and one that is made again does not bring them back.
		_, err := c.api.Delete(ctx, environment, m.ref)
		return err
	}
	return c.api.Overwrite(ctx, environment, m.ref, map[string]any{"data": map[string]any{inv.Flag(): "false"}})
}

// endRun deletes a job that a CronJob of the app started, which ends its pods. One of somebody
// else's, by whatever its CronJob's status names it, stays.
func (c *Cutter) endRun(ctx context.Context, environment string, inv *inventory.Inventory, run resource.Ref) error {
	job, err := c.api.Get(ctx, environment, run)
	if err != nil || job == nil {
		return err
	}
	owner := metav1.GetControllerOf(job)
	if owner == nil || owner.Kind != "CronJob" {
		return nil
	}
	starts := resource.Ref{APIVersion: owner.APIVersion, Kind: owner.Kind, Namespace: run.Namespace, Name: owner.Name}
	if resource.Listed(inv.Resources, starts) == nil {
		return nil
	}
	parent, err := c.api.Get(ctx, environment, starts)
	if err != nil || parent == nil || parent.GetUID() != owner.UID || !c.api.Owns(parent) {
		return err
	}
	return c.api.End(ctx, environment, run, job.GetUID())
}

// Permit takes away what refuses the traffic of an app.
func (c *Cutter) Permit(ctx context.Context, environment, app string, inv *inventory.Inventory) error {
	if inv.Home() == "" {
		return nil
	}
	_, err := c.api.Delete(ctx, environment, inv.Denial(environment, app).Ref())
	return err
}
