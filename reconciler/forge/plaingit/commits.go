package plaingit

import (
	"context"
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// commits reads who had a hand in commits.
type commits struct {
	repo   *gitrepo.Repo
	daemon *daemon
}

// work is what the commits of a change say and prove.
type work struct {
	title        string
	author       forge.Identity // of the first commit; unknown if any commit is nobody's
	bot          bool
	contributors []forge.Contributor
	problems     []Problem
}

// work reads the commits of a change, oldest first. Merges that add nothing are
// passed over.
func (cs *commits) work(ctx context.Context, s span) (work, error) {
	w := work{title: s.id}
	ids, err := cs.repo.Between(ctx, s.before, s.head)
	if err != nil {
		return w, err
	}
	if len(ids) > maxCommits {
		return w, fmt.Errorf("%w: it has %d commits, and may have %d; publish it in parts, or squash it", forge.ErrUnusable, len(ids), maxCommits)
	}
	var g gathering
	first, nobodys := true, false
	for _, id := range ids {
		c, err := cs.repo.Commit(ctx, id)
		if err != nil {
			return w, err
		}
		key, mine, unsigned, err := cs.gather(ctx, &g, c)
		if err != nil {
			return w, err
		}
		if !mine {
			continue
		}
		if unsigned != nil {
			nobodys = true
			w.problems = append(w.problems, Problem{s.id, gitrepo.Branch(s.id), gitrepo.ID(id), "the commit is nobody's: " + unsigned.Error()})
		}
		if first {
			w.title, w.author, w.bot, first = subject(c.Message, s.id), forge.Identity{Key: key.String()}, cs.daemon.has(key), false
		}
	}
	if nobodys {
		w.author, w.bot = forge.Identity{}, false
	}
	w.contributors = g.list()
	return w, nil
}

// pushed lists who had a hand in the commits that one commit of the base branch brought.
func (cs *commits) pushed(ctx context.Context, commit catalog.Commit) ([]forge.Contributor, error) {
	c, err := cs.repo.Commit(ctx, commit)
	if err != nil {
		return nil, err
	}
	var before catalog.Commit
	if len(c.Parents) > 0 {
		before = c.Parents[0]
	}
	ids, err := cs.repo.Between(ctx, before, commit)
	if err != nil {
		return nil, err
	}
	if len(ids) > maxCommits {
		return []forge.Contributor{{}}, nil
	}
	var g gathering
	for _, id := range ids {
		c, err := cs.repo.Commit(ctx, id)
		if err != nil {
			return nil, err
		}
		if cs.daemon.signed(c) {
			continue
		}
		if _, _, _, err := cs.gather(ctx, &g, c); err != nil {
			return nil, err
		}
	}
	return g.list(), nil
}

// gather adds who had a hand in a commit: whose key signed it, and whom it names. One
// without a good signature is somebody's whom nobody knows, and unsigned says why.
// Merges that add nothing are nobody's, and not mine.
func (cs *commits) gather(ctx context.Context, g *gathering, c *gitrepo.CommitInfo) (key sshkey.PublicKey, mine bool, unsigned, err error) {
	paths, err := touched(ctx, cs.repo, c)
	all := errors.Is(err, catalog.ErrTooLarge) || errors.Is(err, catalog.ErrMalformed)
	if err != nil && !all || len(c.Parents) > 1 && len(paths) == 0 && !all {
		return key, false, nil, err
	}
	key, unsigned = signerOf(c.Verify)
	if len(c.Message) > maxText {
		key, unsigned = sshkey.PublicKey{}, fmt.Errorf("its message has %d bytes, and may have %d; write a shorter one", len(c.Message), maxText)
	}
	if unsigned != nil {
		g.add(forge.Contributor{}, paths, all)
	}
	if len(paths) > 0 || all {
		if by := (forge.Identity{Key: key.String()}); by.Key != "" {
			g.add(forge.Contributor{Identity: by}, paths, all)
		}
		for _, email := range c.Named() {
			g.add(forge.Contributor{Email: email}, paths, all)
		}
	}
	return key, true, unsigned, nil
}

// signerOf returns the key that made a signature, whoever's it is.
func signerOf(verify func([]sshkey.PublicKey) (sshkey.PublicKey, error)) (sshkey.PublicKey, error) {
	key, err := verify(nil)
	if errors.Is(err, sshkey.ErrUnknownKey) {
		return key, nil
	}
	return sshkey.PublicKey{}, err
}
