package gitrepo

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/object"
)

// What is written in the objects of a repository.
type (
	// ID is the id of any Git object, forty lower-case hexadecimal digits. The empty
	// ID stands for no object: a ref that does not exist.
	ID = object.ID
	// Tree is the id of a Git tree. Two equal Trees hold the same paths and bytes.
	Tree = object.Tree
	// CommitInfo is what is written in a commit.
	CommitInfo = object.CommitInfo
	// TagInfo is what is written in an annotated tag.
	TagInfo = object.TagInfo
	// Person is somebody named in a commit or tag, and when.
	Person = object.Person
	// Trailer is a line at the end of a message, such as "App: board".
	Trailer = object.Trailer
)

// EmptyTree is the tree without entries.
const EmptyTree = object.EmptyTree

// CoAuthors lists the addresses of the lines "Co-authored-by: Name <address>" in a
// message.
func CoAuthors(message string) []string { return object.CoAuthors(message) }

// Commit reads a commit of the mirror. Of one beyond the limit only the start is read,
// and the message is cut.
func (r *Repo) Commit(ctx context.Context, id catalog.Commit) (*CommitInfo, error) {
	return object.CommitOf(ctx, r.mirror.Load(), id)
}

// Tag reads an annotated tag by the id that its ref points to. A ref may point to
// a commit itself, which is ErrNotFound here.
func (r *Repo) Tag(ctx context.Context, id ID) (*TagInfo, error) {
	return object.TagOf(ctx, r.mirror.Load(), id)
}

// Peel follows annotated tags to the commit behind an id.
func (r *Repo) Peel(ctx context.Context, id ID) (catalog.Commit, error) {
	return object.Peel(ctx, r.mirror.Load(), id)
}
