package share

import (
	"slices"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Predecessor names what a workload takes the place of, or may; nothing that there is for others.
func Predecessor(ref resource.Ref) resource.Ref {
	other, _ := Other(ref.GVK().GroupKind())
	ref.APIVersion, ref.Kind = Versions[other.Group], other.Kind
	return ref
}

// Successor is the resource of a list that takes the place of another; nil for none.
func Successor(list []resource.Ref, of resource.Ref) *resource.Ref {
	other, ok := Other(of.GVK().GroupKind())
	if !ok {
		return nil
	}
	i := slices.IndexFunc(list, func(r resource.Ref) bool {
		return !r.Leaving && r.GVK().GroupKind() == other && r.Namespace == of.Namespace && r.Name == of.Name
	})
	if i < 0 {
		return nil
	}
	return &list[i]
}
