package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// throttler is a Target as it throttles apps.
type throttler struct{ t *Target }

var _ target.Throttler = (*Target)(nil)

// less is what a throttle leaves an app, by the class that it was rendered for; what
// catalog.ThrottleSettings says by default where its document says nothing.
func less(document json.RawMessage) catalog.ThrottleSettings {
	var whole struct {
		Throttle catalog.ThrottleSettings `json:"throttle"`
	}
	_ = json.Unmarshal(document, &whole) // what cannot be read has the default
	whole.Throttle.Replicas = max(1, whole.Throttle.Replicas)
	return whole.Throttle
}

// ceilings are the fields that bound how far an autoscaler goes, by its kind; the least comes
// after the most.
var ceilings = map[string][]string{
	"HorizontalPodAutoscaler": {"maxReplicas", "minReplicas"},
	"ScaledObject":            {"maxReplicaCount", "minReplicaCount"},
}

// throttled is a list of resources as they are while their app is throttled. The resources
// that were given stay as they are.
func throttled(list []resource.Resource, recipe catalog.ThrottleSettings, app, flag string) []resource.Resource {
	out := slices.Clone(list)
	for i, r := range out {
		content := (&unstructured.Unstructured{Object: r.Content}).DeepCopy().Object
		spec, _ := content["spec"].(map[string]any)
		kind := r.Kind().Kind
		switch bounds := ceilings[kind]; {
		case spec != nil && slices.Contains(scaled, kind):
			atMost(spec, "replicas", recipe.Replicas)
		case spec != nil && bounds != nil:
			for _, field := range bounds {
				atMost(spec, field, recipe.Replicas)
			}
		case spec != nil && kind == "CronJob" && recipe.Suspend:
			spec["suspend"] = true
		case kind == "ConfigMap" && r.Name() == app && recipe.Flag && flag != "":
			if data, ok := content["data"].(map[string]any); ok {
				data[flag] = "false"
			}
		default:
			continue
		}
		out[i].Content = content
	}
	return out
}

// atMost lowers a number that a resource says. What it does not say is left to whoever sets it:
// an autoscaler, which has a ceiling of its own.
func atMost(spec map[string]any, field string, most int) {
	if n, ok := number(spec[field]); ok && n > int64(most) {
		spec[field] = int64(most)
	}
}

// number is a number of a resource, whichever way it was read.
func number(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case float64:
		return int64(n), true
	}
	return 0, false
}

// tooMany lists the resources of a throttled app that run more replicas than it is left, and say
// no number of their own: a person or an autoscaler set it.
func (inv *inventory) tooMany(live *found) (all []Ref) {
	if inv.Throttle == nil || inv.Disabled {
		return nil
	}
	most := int64(less(inv.document).Replicas)
	applied := inv.applied()
	for _, ref := range inv.Resources {
		object := live.get(ref)
		if object == nil || !slices.Contains(scaled, ref.Kind) || saysReplicas(find(applied, ref)) {
			continue // one that says its number is corrected by it
		}
		if n, _, _ := unstructured.NestedInt64(object.Object, "spec", "replicas"); n > most {
			all = append(all, ref)
		}
	}
	return all
}

func saysReplicas(r resource.Resource) bool {
	spec, _ := r.Content["spec"].(map[string]any)
	_, says := number(spec["replicas"])
	return says
}

// overLimit says what runs more than a throttle leaves; empty where nothing does.
func (inv *inventory) overLimit(live *found) string {
	var words []string
	for _, ref := range inv.tooMany(live) {
		words = append(words, ref.String()+" runs more replicas than a throttled app is left")
	}
	return firstOf(words, "; ")
}

// scaleDown lowers the number of replicas of what says none itself. It says what it did.
func (x throttler) scaleDown(ctx context.Context, environment string, inv *inventory, live *found) (did []string, err error) {
	most := less(inv.document).Replicas
	for _, ref := range inv.tooMany(live) {
		if err := x.t.overwrite(ctx, environment, ref, map[string]any{"spec": map[string]any{"replicas": most}}); err != nil {
			return did, err
		}
		did = append(did, fmt.Sprintf("scaled %s to %d", ref, most))
	}
	return did, nil
}

// Throttle implements target.Throttler.
func (x throttler) Throttle(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("throttle %.80q: %w", app, err)
	}
	receipt, err := x.t.alone(environment, app, func() (target.Receipt, error) { return x.throttle(ctx, environment, app, mark) })
	if err != nil {
		return target.Receipt{}, fmt.Errorf("throttle %s in %s: %w", app, environment, err)
	}
	return receipt, nil
}

// throttle writes the mark, with the word that what is there is not as it shall be, and then
// applies what was applied last in its throttled form.
func (x throttler) throttle(ctx context.Context, environment, app string, mark target.Mark) (target.Receipt, error) {
	inv, err := x.t.read(ctx, environment, app)
	if err != nil {
		return target.Receipt{}, err
	}
	was := inv.settled()
	receipt := target.Receipt{Outcome: target.Unchanged, Render: inv.Render}
	runs := inv.Render != "" && !inv.Disabled && inv.Mark == nil
	if inv.Throttle == nil {
		inv.Throttle, inv.Pending = &mark, inv.Pending || inv.Render != "" && !inv.Disabled
		if err := x.t.write(ctx, environment, app, inv); err != nil {
			return target.Receipt{}, err
		}
		receipt.Outcome = target.Done
	}
	switch {
	case !runs:
		return receipt, nil
	case inv.damaged != "":
		return target.Receipt{}, fmt.Errorf("it is marked, and held to less once it is applied again: %s", inv.damaged)
	}
	object := target.Object{App: app, Render: inv.Render, Document: inv.document, Fence: inv.Fence}
	desired, err := inv.desired(object, inv.Shares)
	if err != nil {
		return target.Receipt{}, err
	}
	live, err := x.t.live(ctx, environment, map[string]*inventory{app: {object: inv.object, Resources: union(inv.Resources, refsOf(desired))}}, false)
	if err != nil {
		return target.Receipt{}, err
	}
	if !inv.Pending && drift(inv, live) == "" && len(inv.tooMany(live)) == 0 {
		return receipt, nil
	}
	if err := x.t.foreign(inv, desired, live); err != nil {
		return target.Receipt{}, err
	}
	return x.t.settle(ctx, environment, object, desired, was, inv, live)
}

// Unthrottle implements target.Throttler.
func (x throttler) Unthrottle(ctx context.Context, environment, app string) (target.Receipt, error) {
	if err := target.CheckNames(environment, app); err != nil {
		return target.Receipt{}, fmt.Errorf("end the throttle of %.80q: %w", app, err)
	}
	receipt, err := x.t.alone(environment, app, func() (target.Receipt, error) {
		inv, err := x.t.read(ctx, environment, app)
		if err != nil || inv.Throttle == nil {
			return target.Receipt{Outcome: target.Unchanged, Render: inv.renderOf()}, err
		}
		inv.Throttle = nil
		inv.Pending = inv.Pending || inv.Render != "" && !inv.Disabled // until it is applied whole
		return target.Receipt{Outcome: target.Done, Render: inv.Render}, x.t.write(ctx, environment, app, inv)
	})
	if err != nil {
		return target.Receipt{}, fmt.Errorf("end the throttle of %s in %s: %w", app, environment, err)
	}
	return receipt, nil
}

// renderOf is the render of what is there; empty for no inventory.
func (inv *inventory) renderOf() catalog.Digest {
	if inv == nil {
		return ""
	}
	return inv.Render
}

// settled are the resources as they were applied, where that came to its end; none otherwise.
func (inv *inventory) settled() []resource.Resource {
	if inv.Pending || inv.damaged != "" {
		return nil
	}
	return inv.applied()
}

// joined is words of which some may be empty.
func joined(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), "; ")
}
