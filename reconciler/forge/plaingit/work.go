package plaingit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/reconciler/forge"
)

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
func (f *Forge) work(ctx context.Context, s span) (work, error) {
	w := work{title: s.id}
	ids, err := f.repo.Between(ctx, s.before, s.head)
	if err != nil {
		return w, err
	}
	if len(ids) > maxCommits {
		return w, fmt.Errorf("%w: it has %d commits, and may have %d; publish it in parts, or squash it", forge.ErrUnusable, len(ids), maxCommits)
	}
	var g gathering
	first, nobodys := true, false
	for _, id := range ids {
		c, err := f.repo.Commit(ctx, id)
		if err != nil {
			return w, err
		}
		key, mine, unsigned, err := g.commit(ctx, f, c)
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
			w.title, w.author, w.bot, first = subject(c.Message, s.id), forge.Identity{Key: key.String()}, f.daemon(key), false
		}
	}
	if nobodys {
		w.author, w.bot = forge.Identity{}, false
	}
	w.contributors = g.list()
	return w, nil
}

// Pushed implements forge.Forge. A commit says who made it by its signature; what the
// daemon landed is its own.
func (f *Forge) Pushed(ctx context.Context, commit catalog.Commit) ([]forge.Contributor, error) {
	fail := func(err error) ([]forge.Contributor, error) {
		return nil, fmt.Errorf("find out who pushed %s: %w", commit.Short(), err)
	}
	c, err := f.repo.Commit(ctx, commit)
	if err != nil {
		return fail(err)
	}
	var before catalog.Commit
	if len(c.Parents) > 0 {
		before = c.Parents[0]
	}
	ids, err := f.repo.Between(ctx, before, commit)
	if err != nil {
		return fail(err)
	}
	if len(ids) > maxCommits {
		return []forge.Contributor{{}}, nil
	}
	var g gathering
	for _, id := range ids {
		c, err := f.repo.Commit(ctx, id)
		if err != nil {
			return fail(err)
		}
		if f.own(c) {
			continue
		}
		if _, _, _, err := g.commit(ctx, f, c); err != nil {
			return fail(err)
		}
	}
	return g.list(), nil
}

// commit adds who had a hand in a commit: whose key signed it, and whom it names. One
// without a good signature is somebody's whom nobody knows, and unsigned says why.
// Merges that add nothing are nobody's, and not mine.
func (g *gathering) commit(ctx context.Context, f *Forge, c *gitrepo.CommitInfo) (key sshkey.PublicKey, mine bool, unsigned, err error) {
	paths, err := f.touched(ctx, c)
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

// A gathering puts together what each contributor touched.
type gathering struct {
	order []gathered
	at    map[gathered]int
	paths []map[string]bool
	all   []bool // there is no telling what they touched
}

// gathered is who a contributor is.
type gathered struct {
	identity forge.Identity
	email    string
}

// add notes what a contributor touched: all there is, where that cannot be told.
func (g *gathering) add(c forge.Contributor, paths []string, all bool) {
	who := gathered{c.Identity, c.Email}
	i, ok := g.at[who]
	if !ok {
		if g.at == nil {
			g.at = map[gathered]int{}
		}
		i = len(g.order)
		g.at[who] = i
		g.order, g.paths, g.all = append(g.order, who), append(g.paths, map[string]bool{}), append(g.all, false)
	}
	g.all[i] = g.all[i] || all
	for _, p := range paths {
		if len(g.paths[i]) > maxPaths {
			break
		}
		g.paths[i][p] = true
	}
}

// list returns the contributors in the order in which they appeared.
func (g *gathering) list() []forge.Contributor {
	var list []forge.Contributor
	for i, who := range g.order {
		c := forge.Contributor{Identity: who.identity, Email: who.email}
		if len(g.paths[i]) <= maxPaths && !g.all[i] {
			for p := range g.paths[i] {
				c.Paths = append(c.Paths, p)
			}
			slices.Sort(c.Paths)
		}
		list = append(list, c)
	}
	return list
}
