package resource

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/levee-gitops/levee/catalog"
)

// Ref names a resource, as an inventory lists it.
type Ref struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
	// Owned is the digest of the fields that Levee owned in it once it was applied; empty
	// until then.
	Owned string `json:"owned,omitempty"`
	// Leaving is set while it stays only until what took its place is ready.
	Leaving bool `json:"leaving,omitempty"`
}

// Ref names the resource.
func (r Resource) Ref() Ref {
	api, kind := r.Kind().ToAPIVersionAndKind()
	return Ref{APIVersion: api, Kind: kind, Namespace: r.Namespace(), Name: r.Name()}
}

// GVK is the group, version and kind.
func (r Ref) GVK() schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(r.APIVersion, r.Kind)
}

// String is the resource as people name it, such as "Deployment/board".
func (r Ref) String() string { return r.Kind + "/" + r.Name }

// Same reports whether two refs name the same thing; a kind may be served in several versions.
func (r Ref) Same(o Ref) bool {
	return r.GVK().GroupKind() == o.GVK().GroupKind() && r.Namespace == o.Namespace && r.Name == o.Name
}

// Key is the same for refs that are the same, and for no others.
func (r Ref) Key() string {
	return strings.Join([]string{r.GVK().Group, r.Kind, r.Namespace, r.Name}, "/")
}

// Refs names the resources of a list.
func Refs(list []Resource) []Ref {
	refs := make([]Ref, len(list))
	for i, r := range list {
		refs[i] = r.Ref()
	}
	return refs
}

// Listed is the ref of a list that names the same as another; nil where none does.
func Listed(list []Ref, ref Ref) *Ref {
	if i := slices.IndexFunc(list, ref.Same); i >= 0 {
		return &list[i]
	}
	return nil
}

// Union is two lists without what is in both; the first one's stays.
func Union(a, b []Ref) []Ref {
	all := slices.Clone(a)
	for _, ref := range b {
		if Listed(all, ref) == nil {
			all = append(all, ref)
		}
	}
	return all
}

// Find is the resource of a list that a ref names; without content where there is none.
func Find(list []Resource, ref Ref) Resource {
	for _, r := range list {
		if r.Ref().Same(ref) {
			return r
		}
	}
	return Resource{}
}

// Alike reports whether two resources say the same; what is not there is like nothing.
func Alike(a, b Resource) bool {
	if a.Content == nil || b.Content == nil {
		return false
	}
	x, err := catalog.Canonical(a.Content)
	if err != nil {
		return false
	}
	y, err := catalog.Canonical(b.Content)
	return err == nil && string(x) == string(y)
}
