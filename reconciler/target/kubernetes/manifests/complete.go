package manifests

import (
	"maps"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// complete fills in what a resource leaves out and every app has: where it is, whose it is, and
// in its pods the identity, the restricted profile and the app's limits. What it says itself
// stays, and is for the gate to refuse.
func (a *app) complete(r resource.Resource) {
	meta := r.Metadata()
	if meta == nil {
		return // the gate refuses it
	}
	if r.Kind().Kind != "Namespace" {
		fillIn(meta, "namespace", a.namespace)
	}
	a.mark(meta)
	for _, p := range r.Pods() {
		a.pod(p)
	}
	if spec, ok := r.Content["spec"].(map[string]any); ok && r.Kind().Group == "batch" {
		if template, ok := spec["jobTemplate"].(map[string]any); ok {
			spec, _ = template["spec"].(map[string]any)
		}
		if spec != nil {
			fillIn(spec, "activeDeadlineSeconds", a.Runtime.seconds())
		}
	}
}

// mark lays labels and annotations over those that are there: whose a thing is, is not the
// chart's to say.
func (a *app) mark(meta map[string]any) {
	for field, ours := range map[string]map[string]any{"labels": a.labels(), "annotations": a.annotations()} {
		all, ok := meta[field].(map[string]any)
		if !ok {
			all = map[string]any{}
			meta[field] = all
		}
		maps.Copy(all, ours)
	}
}

// pod completes a pod, or a template of pods.
func (a *app) pod(p resource.Pod) {
	if p.Meta != nil {
		a.mark(p.Meta)
		annotations, _ := p.Meta["annotations"].(map[string]any)
		maps.Copy(annotations, a.agent())
	}
	fillIn(p.Content, "serviceAccountName", a.Name)
	fillIn(p.Content, "automountServiceAccountToken", false)
	fillIn(p.Content, "enableServiceLinks", false)
	if a.class.RuntimeClass != "" {
		fillIn(p.Content, "runtimeClassName", a.class.RuntimeClass)
	}
	if security := object(p.Content, "securityContext"); security != nil {
		fillIn(security, "runAsNonRoot", true)
		fillIn(security, "seccompProfile", map[string]any{"type": "RuntimeDefault"})
	}
	containers := p.Containers()
	for _, c := range containers {
		if security := object(c, "securityContext"); security != nil {
			fillIn(security, "allowPrivilegeEscalation", false)
			if capabilities := object(security, "capabilities"); capabilities != nil {
				fillIn(capabilities, "drop", []any{"ALL"})
			}
		}
		if len(containers) > 1 {
			continue // who has which share is the chart's to say
		}
		if resources := object(c, "resources"); resources != nil {
			limits := a.Runtime.limits()
			fillIn(resources, "limits", limits)
			fillIn(resources, "requests", maps.Clone(limits))
		}
	}
}

// fillIn sets a field that is not there, or is there without a value.
func fillIn(in map[string]any, field string, value any) {
	if in[field] == nil {
		in[field] = value
	}
}

// object is a field that is an object; it is made where it is not there, and nil where it is
// something else, which the gate refuses.
func object(in map[string]any, field string) map[string]any {
	fillIn(in, field, map[string]any{})
	o, _ := in[field].(map[string]any)
	return o
}
