package plaingit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// merges lands changes.
type merges struct {
	*changes
	daemon *daemon
	keep   bool // the branch of what landed
}

// land puts the proposed tree on the base branch, once. Between reading and
// pushing nothing may have moved, on either branch: what would land would be
// something else than was judged.
func (m *merges) land(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	if m.daemon.signer == nil {
		return forge.Receipt{}, fmt.Errorf("%w without a signing key", forge.ErrUnable)
	}
	if done, err := m.landedAs(ctx, a); err != nil || done != "" {
		return forge.Receipt{Commit: done}, err
	}
	s, err := m.current(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	b, commit, err := m.draft(ctx, s, a.Land.Message)
	if err != nil {
		return forge.Receipt{}, err
	}
	move := gitrepo.Advance(m.base, s.before, commit)
	if !m.keep {
		err = m.repo.Push(ctx, b, move, gitrepo.Update{Ref: gitrepo.Branch(s.id), Old: gitrepo.ID(s.head)})
	}
	// A server may let branches land and not let them be deleted.
	if m.keep || errors.Is(err, gitrepo.ErrRejected) {
		if err = m.still(ctx, s); err == nil {
			err = m.repo.Push(ctx, b, move)
		}
	}
	if err != nil {
		return forge.Receipt{}, pushed(err)
	}
	return forge.Receipt{Done: true, Commit: commit}, nil
}

// landedAs finds the commit with which an action was done before; empty if it was
// not.
func (m *merges) landedAs(ctx context.Context, a forge.Action) (catalog.Commit, error) {
	if !m.names(a.Change) {
		return "", nil
	}
	_, past, err := m.landings.of(ctx, a.Change)
	for _, l := range slices.Backward(past) {
		if l.head == a.Head {
			return l.commit, err
		}
	}
	return "", err
}

// draft makes the landing of a change.
func (m *merges) draft(ctx context.Context, s span, message string) (*gitrepo.Batch, catalog.Commit, error) {
	bases, err := m.repo.MergeBases(ctx, s.before, s.head)
	if err != nil {
		return nil, "", err
	}
	if len(bases) == 0 {
		return nil, "", fmt.Errorf("%w: it has no commit in common with %s; start the branch there", forge.ErrRefused, m.base)
	}
	p, err := m.repo.Propose(ctx, s.before, bases[0], s.head)
	if err != nil {
		return nil, "", err
	}
	if clash := slices.Concat(p.Behind, p.Conflicts); len(clash) > 0 {
		return nil, "", fmt.Errorf("%w: %s also changed %s; merge %s into the branch", forge.ErrRefused, m.base, enumerate(clash), m.base)
	}
	b, err := m.repo.Batch(ctx, s.before)
	if err != nil {
		return nil, "", err
	}
	if err := b.Use(p); err != nil {
		return nil, "", err
	}
	commit, err := b.Commit(ctx, gitrepo.Draft{
		Message: withTrailers(message, "Land "+s.id, trailer(changeTrailer, s.id)+trailer(headTrailer, string(s.head))),
		Author:  m.daemon.self(), Parents: []catalog.Commit{s.head}, Signer: m.daemon.signer,
	})
	return b, commit, err
}

// still asks the remote whether a branch that stays is where it was. It can move
// in the instant before the push that follows; then what was judged lands all the
// same, and the rest is a new change.
func (m *merges) still(ctx context.Context, s span) error {
	ref := gitrepo.Branch(s.id)
	tips, err := m.repo.RemoteTips(ctx, string(ref))
	if err != nil {
		return err
	}
	if !slices.Contains(tips, gitrepo.Tip{Ref: ref, ID: gitrepo.ID(s.head)}) {
		return fmt.Errorf("%w: the branch is no longer at %s", gitrepo.ErrStale, s.head.Short())
	}
	return nil
}

// enumerate names a few paths for people.
func enumerate(paths []string) string {
	const few = 5
	slices.Sort(paths)
	paths = slices.Compact(paths)
	more := ""
	if len(paths) > few {
		more = fmt.Sprintf(" and %d more", len(paths)-few)
		paths = paths[:few]
	}
	var quoted []string
	for _, p := range paths {
		quoted = append(quoted, fmt.Sprintf("%q", forge.Cut(p, 200)))
	}
	return strings.Join(quoted, ", ") + more
}
