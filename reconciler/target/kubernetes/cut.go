package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// A measure is one thing that a containment does to one resource of an app.
type measure struct {
	kind string // one of catalog.Measures
	ref  Ref
	did  string // what was done, once it is
	is   string // what is so until it is done, as drift says it
}

// recipe is what a containment of the app does: by the class that it was rendered for, and
// everything where its document says nothing, as of an app that was never applied.
func (inv *inventory) recipe() []string {
	var whole struct {
		Containment []string `json:"containment"`
	}
	if json.Unmarshal(inv.document, &whole) != nil || len(whole.Containment) == 0 {
		return catalog.Measures
	}
	return whole.Containment
}

// flag is the key of the app's config map that switches it off; empty where it has none.
func (inv *inventory) flag() string {
	_, flag := flagOf(inv.document)
	return flag
}

// flagOf is the app of a document and the key that switches it off; empty where there is none.
func flagOf(document json.RawMessage) (app, flag string) {
	var whole struct {
		App     string `json:"app"`
		Runbook struct {
			Flag string `json:"flag"`
		} `json:"runbook"`
	}
	_ = json.Unmarshal(document, &whole) // a damaged one has none
	return whole.App, whole.Runbook.Flag
}

// home is the namespace that an app's resources are in; empty where it has none.
func (inv *inventory) home() string {
	for _, ref := range inv.Resources {
		if ref.Namespace != "" {
			return ref.Namespace
		}
	}
	return ""
}

// whole lists what is looked at of an app: what is listed and, while the app is contained,
// what refuses its traffic.
func (inv *inventory) whole(app string) []Ref {
	if inv.Mark == nil || inv.home() == "" {
		return inv.Resources
	}
	return append(slices.Clone(inv.Resources), refOf(inv.denial("", app)))
}

// uncut lists what a containment of the app has still to do, in the order in which it is done.
// Nothing is done to what is not this target's.
func (t *Target) uncut(environment, app string, inv *inventory, live *found) []measure {
	var all []measure
	own := func(yield func(Ref, *unstructured.Unstructured)) {
		for _, ref := range inv.Resources {
			if object := live.get(ref); object != nil && object.GetLabels()[labelInventory] == t.namespace {
				yield(ref, object)
			}
		}
	}
	recipe := inv.recipe()
	for _, kind := range catalog.Measures {
		if !slices.Contains(recipe, kind) {
			continue
		}
		switch kind {
		case catalog.MeasureStop:
			own(func(ref Ref, object *unstructured.Unstructured) {
				if stopped(ref.Kind) != nil && runs(object) {
					all = append(all, measure{kind, ref, "stopped " + ref.String(), ref.String() + " runs though the app is contained"})
				}
				// A CronJob that is suspended starts no run any more, and ends none.
				for _, run := range runsOf(ref, object) {
					all = append(all, measure{kind, run, "ended " + run.String(), run.String() + " runs though the app is contained"})
				}
			})
		case catalog.MeasureNetwork:
			if denial := refOf(inv.denial(environment, app)); inv.home() != "" && live.get(denial) == nil {
				all = append(all, measure{kind, denial, "refused all traffic", "its traffic is not refused though the app is contained"})
			}
			// Policies add up: what one of the app's own allows stays allowed, whatever another
			// refuses. They go after it is there, so that nothing is open between.
			own(func(ref Ref, object *unstructured.Unstructured) {
				if slices.Contains(allowing, ref.Kind) && object.GetDeletionTimestamp() == nil {
					all = append(all, measure{kind, ref, "took away what " + ref.String() + " allows", ref.String() + " allows traffic though the app is contained"})
				}
			})
		case catalog.MeasureTokens:
			own(func(ref Ref, object *unstructured.Unstructured) {
				if ref.Kind == "ServiceAccount" && object.GetDeletionTimestamp() == nil {
					all = append(all, measure{kind, ref, "revoked the tokens of " + ref.String(), "the tokens of " + ref.String() + " are good though the app is contained"})
				}
			})
		case catalog.MeasureFlag:
			own(func(ref Ref, object *unstructured.Unstructured) {
				if ref.Kind != "ConfigMap" || ref.Name != app || inv.flag() == "" {
					return
				}
				if value, _, _ := unstructured.NestedString(object.Object, "data", inv.flag()); value != "false" {
					all = append(all, measure{kind, ref, "switched the flag " + inv.flag() + " off", "the flag " + inv.flag() + " is on though the app is contained"})
				}
			})
		}
	}
	return all
}

// cut does what a containment of an app has still to do. It says what it did; nothing where it
// was so already. What the recipe leaves running is told as well.
func (t *Target) cut(ctx context.Context, environment, app string, inv *inventory) (did, left []string, err error) {
	live, err := t.live(ctx, environment, map[string]*inventory{app: inv}, false)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range t.uncut(environment, app, inv, live) {
		if err := t.take(ctx, environment, app, inv, m); err != nil {
			return did, nil, err
		}
		did = append(did, m.did)
	}
	if !slices.Contains(inv.recipe(), catalog.MeasureStop) {
		for _, ref := range inv.Resources {
			if object := live.get(ref); object != nil && runs(object) {
				left = append(left, ref.String()+" goes on: the class of the app has its containment stop nothing")
			}
		}
	}
	return did, left, nil
}

// take takes one measure.
func (t *Target) take(ctx context.Context, environment, app string, inv *inventory, m measure) error {
	switch m.kind {
	case catalog.MeasureStop:
		if refIn(inv.Resources, m.ref) == nil {
			return t.endRun(ctx, environment, inv, m.ref)
		}
		return t.overwrite(ctx, environment, m.ref, map[string]any{"spec": stopped(m.ref.Kind)})
	case catalog.MeasureNetwork:
		if denial := inv.denial(environment, app); m.ref.same(refOf(denial)) {
			_, err := t.put(ctx, environment, denial)
			return err
		}
		_, err := t.delete(ctx, environment, m.ref)
		return err
	case catalog.MeasureTokens:
		// A token is bound to the account it was issued for, and not to its name: with
		// the account go all of them, and one that is made again does not bring them back.
		_, err := t.delete(ctx, environment, m.ref)
		return err
	}
	return t.overwrite(ctx, environment, m.ref, map[string]any{"data": map[string]any{inv.flag(): "false"}})
}

// endRun deletes a job that a CronJob of the app started, which ends its pods. One of somebody
// else's, by whatever its CronJob's status names it, stays.
func (t *Target) endRun(ctx context.Context, environment string, inv *inventory, run Ref) error {
	job, err := t.get(ctx, environment, run)
	if err != nil || job == nil {
		return err
	}
	owner := metav1.GetControllerOf(job)
	if owner == nil || owner.Kind != "CronJob" {
		return nil
	}
	starts := Ref{APIVersion: owner.APIVersion, Kind: owner.Kind, Namespace: run.Namespace, Name: owner.Name}
	if refIn(inv.Resources, starts) == nil {
		return nil
	}
	parent, err := t.get(ctx, environment, starts)
	if err != nil || parent == nil || parent.GetUID() != owner.UID || parent.GetLabels()[labelInventory] != t.namespace {
		return err
	}
	client, err := t.at(ctx, environment, run)
	if err != nil {
		return err
	}
	uid, how := job.GetUID(), metav1.DeletePropagationBackground
	err = client.Delete(ctx, run.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: &how})
	if err != nil && !missing(err) {
		return fmt.Errorf("end %s: %w", run, told(err))
	}
	return nil
}

// overwrite sets fields of a resource while its app is contained.
func (t *Target) overwrite(ctx context.Context, environment string, ref Ref, fields map[string]any) error {
	client, err := t.at(ctx, environment, ref)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	if _, err := client.Patch(ctx, ref.Name, types.MergePatchType, raw, metav1.PatchOptions{FieldManager: cutter}); err != nil {
		return fmt.Errorf("change %s: %w", ref, told(err))
	}
	return nil
}

// allowing are the kinds of policies that let traffic through.
var allowing = []string{"NetworkPolicy", "CiliumNetworkPolicy"}

// denial is the policy that refuses all traffic of an app's pods, in both directions.
func (inv *inventory) denial(environment, app string) resource.Resource {
	return resource.Resource{Content: map[string]any{
		"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
		"metadata": map[string]any{"name": app + "-levee-contained", "namespace": inv.home(), "labels": map[string]any{
			manifests.LabelManagedBy: manifests.ManagedBy, manifests.LabelApp: app, manifests.LabelEnvironment: environment,
		}},
		"spec": map[string]any{"podSelector": map[string]any{"matchLabels": map[string]any{manifests.LabelApp: app}}, "policyTypes": []any{"Ingress", "Egress"}},
	}}
}
