package gitrepo

import "github.com/levee-gitops/levee/catalog/gitrepo/internal/mirror"

// The refs of a repository.
type (
	// Ref is the full name of a ref, such as "refs/heads/main".
	Ref = mirror.Ref
	// Tip is what a ref points to: a commit, or for an annotated tag the tag object.
	Tip = mirror.Tip
	// Move is a ref that a fetch found elsewhere. An empty Old means that the ref is
	// new, an empty New that it is gone from the remote.
	Move = mirror.Move
	// Update moves a ref of the remote from what it must be to what it shall be. An
	// empty Old makes the ref, an empty New deletes it.
	Update = mirror.Update
)

// Branch is the ref of a branch.
func Branch(name string) Ref { return mirror.Branch(name) }
