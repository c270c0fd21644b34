package plaingit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// keyTrailer carries the hash of a proposal's key in the commit that makes it.
const keyTrailer = "Proposal"

// proposals are the changes that the daemon opens itself.
type proposals struct {
	*changes
	daemon *daemon
}

// propose opens a change of the daemon's own: a branch with one commit on top of
// the base. The branch is named after the key, and a branch of that name without
// such a commit is somebody else's. A proposal that people gave up by deleting its
// branch left no trace, and is made again.
func (ps *proposals) propose(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p := a.Propose
	switch {
	case ps.daemon.signer == nil:
		return forge.Receipt{}, fmt.Errorf("%w without a signing key", forge.ErrUnable)
	case p.Base != ps.base:
		return forge.Receipt{}, fmt.Errorf("%w: changes are for %s, not for %q", forge.ErrUnable, ps.base, p.Base)
	}
	id, sum := ps.proposalID(p.Key), hashOf(p.Key)
	switch s, err := ps.find(ctx, id); {
	case err == nil:
		if made, err := ps.proposed(ctx, s, sum); err != nil || made {
			return forge.Receipt{ID: id}, err
		}
		return forge.Receipt{}, fmt.Errorf("%w: the branch %s is not the daemon's; rename it", forge.ErrRefused, id)
	case !errors.Is(err, forge.ErrUnknown):
		return forge.Receipt{}, err
	}
	if _, err := ps.repo.Tip(gitrepo.Branch(id)); err == nil {
		return forge.Receipt{}, fmt.Errorf("%w: there is a branch %s without commits of its own; delete it", forge.ErrRefused, id)
	}
	b, commit, err := ps.draft(ctx, p, sum)
	if err != nil {
		return forge.Receipt{}, err
	}
	if err := ps.repo.Push(ctx, b, gitrepo.Advance(id, "", commit)); err != nil {
		return forge.Receipt{}, pushed(err)
	}
	return forge.Receipt{Done: true, ID: id}, nil
}

func (ps *proposals) draft(ctx context.Context, p *forge.Proposal, sum string) (*gitrepo.Batch, catalog.Commit, error) {
	tip, err := ps.tip(ctx)
	if err != nil {
		return nil, "", err
	}
	b, err := ps.repo.Batch(ctx, tip)
	if err != nil {
		return nil, "", err
	}
	for _, path := range slices.Sorted(maps.Keys(p.Files)) {
		content := p.Files[path]
		if content == nil {
			err = b.Delete(path)
		} else {
			err = b.Put(path, catalog.File, slices.Clone(content))
		}
		if err != nil {
			return nil, "", err
		}
	}
	text := subject(p.Title, "Proposed by the daemon") + "\n\n" + forge.Plain(p.Text)
	commit, err := b.Commit(ctx, gitrepo.Draft{
		Message: withTrailers(text, "", trailer(keyTrailer, sum)), Author: ps.daemon.self(), Signer: ps.daemon.signer,
	})
	return b, commit, err
}

// proposed reports whether a change has the daemon's commit for a key.
func (ps *proposals) proposed(ctx context.Context, s span, sum string) (bool, error) {
	ids, err := ps.repo.Between(ctx, s.before, s.head)
	if err != nil {
		return false, err
	}
	for _, id := range ids[:min(len(ids), maxCommits)] {
		c, err := ps.repo.Commit(ctx, id)
		if err != nil {
			return false, err
		}
		if got, ok := only(c.Trailers, keyTrailer); ok && got == sum && ps.daemon.signed(c) {
			return true, nil
		}
	}
	return false, nil
}

// proposalID is the branch for a key: the key itself where that is a good name,
// else what is readable of it and a hash.
func (ps *proposals) proposalID(key string) string {
	if id := ps.prefix + key; plainName(id) {
		return id
	}
	slug := strings.Map(func(c rune) rune {
		if c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
			return c
		}
		return '-'
	}, forge.Cut(key, 60))
	return ps.prefix + strings.Trim(slug+"-"+hashOf(key)[:12], "-")
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
