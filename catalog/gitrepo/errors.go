package gitrepo

import (
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/mirror"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/remote"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/tree"
)

// The outcomes that callers tell apart with errors.Is. Content over a limit is
// catalog.ErrTooLarge.
var (
	// ErrNotFound reports an object or a ref that the mirror does not hold. It may
	// exist on the remote all the same.
	ErrNotFound = packstore.ErrNotFound

	// ErrMalformed reports an object that breaks Git's own rules: a tree that ends in
	// the middle of an entry, a commit without a tree. A tree with a name like ".." is
	// read as far as it can be; see catalog.Odd.
	ErrMalformed = packstore.ErrMalformed

	// ErrCorrupt reports that the mirror lost or garbled an object. The next Fetch
	// builds the mirror again.
	ErrCorrupt = packstore.ErrCorrupt

	// ErrLocked reports a mirror folder that another process, or another Repo of
	// this one, has open.
	ErrLocked = mirror.ErrLocked

	// ErrUnrelated reports two commits without the relation that was asked for.
	ErrUnrelated = packstore.ErrUnrelated

	// ErrUnauthorized reports that the remote wants other credentials. Nothing
	// changed.
	ErrUnauthorized = remote.ErrUnauthorized

	// ErrNoRepository reports that the remote says it has no such repository, which
	// is also what some servers say to the wrong credentials.
	ErrNoRepository = remote.ErrNoRepository

	// ErrStale reports a push that lost a race: a ref was no longer where it was
	// expected to be. Nothing changed.
	ErrStale = remote.ErrStale

	// ErrRejected reports a push that the remote refused although its refs were
	// where they were expected to be: a hook, or a protected branch. Nothing
	// changed. The message holds the remote's reason, made safe to print.
	ErrRejected = remote.ErrRejected

	// ErrOccupied reports a path that cannot be written because a file stands where
	// a folder is needed, or the other way round.
	ErrOccupied = tree.ErrOccupied
)
