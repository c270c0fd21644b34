package object

import "github.com/go-git/go-git/v5/plumbing"

// ID is the id of any Git object, forty lower-case hexadecimal digits. The empty
// ID stands for no object: a ref that does not exist.
type ID string

// Tree is the id of a Git tree. Two equal Trees hold the same paths and bytes.
type Tree string

// EmptyTree is the tree without entries.
const EmptyTree Tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// IDOf names an object, with the zero hash of the wire protocol as no object.
func IDOf(h plumbing.Hash) ID {
	if h.IsZero() {
		return ""
	}
	return ID(h.String())
}
