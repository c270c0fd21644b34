package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
)

// kind refuses what is no resource, and kinds that charts may not have.
func (c *checker) kind() {
	gvk := c.of.Kind()
	name := gvk.Kind
	if gvk.Group != "" {
		name += "." + gvk.Group
	}
	switch {
	case gvk.Kind == "" || gvk.Version == "":
		c.refuse([]string{"kind"}, "What the template renders to is no resource: it lacks `apiVersion` or `kind`", "Give it both")
	case reserved[name] != "":
		c.refuse([]string{"kind"}, fmt.Sprintf("A chart may not have a `%s`: %s", name, reserved[name]), "Remove it")
	case !slices.Contains(DefaultKinds, name) && !slices.Contains(c.Kinds, name):
		c.refuse([]string{"kind"}, fmt.Sprintf("A chart may not have a `%s`", clean(name)), "Use one of "+strings.Join(slices.Concat(DefaultKinds, c.Kinds), ", ")+", or have `kubernetes.kinds` in catalog.yaml allow it")
	}
}

// own reports whether a name is the app's.
func (c *checker) own(name string) bool { return name == c.App || strings.HasPrefix(name, c.App+"-") }

// names refuses names and places that are not the app's, and what would keep a resource from
// being Levee's alone.
func (c *checker) names() {
	meta := c.of.Metadata()
	if name := c.of.Name(); !c.own(name) {
		c.refuse([]string{"metadata", "name"}, fmt.Sprintf("The name `%s` is not this app's", clean(name)), fmt.Sprintf("Call it `%s`, or begin with `%s-`; in a chart that is `{{ .Release.Name }}`", c.App, c.App))
	}
	if ns := c.of.Namespace(); ns != "" && ns != c.Namespace {
		c.refuse([]string{"metadata", "namespace"}, fmt.Sprintf("The namespace `%s` is not this app's", clean(ns)), fmt.Sprintf("Leave it out; it becomes `%s`", c.Namespace))
	}
	for _, field := range []string{"generateName", "ownerReferences", "finalizers", "managedFields"} {
		if _, ok := meta[field]; ok {
			c.refuse([]string{"metadata", field}, fmt.Sprintf("`metadata.%s` would keep the resource from being known and removed", field), "Remove it")
		}
	}
	annotations, _ := meta["annotations"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(annotations)) {
		if strings.HasPrefix(name, "helm.sh/hook") {
			c.refuse([]string{"annotations", name}, "Hooks of charts are not run: what an app needs is applied together", "Remove the annotation, or leave out the resource")
		}
	}
}

// clean is a name that somebody wrote, as it may stand in a message.
func clean(s string) string { return target.OneLine(s, 80) }
