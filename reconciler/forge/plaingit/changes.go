package plaingit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// A span is which commits a change consists of: those of head that before lacks.
type span struct {
	id     string
	head   catalog.Commit
	before catalog.Commit // the base branch: its tip, or where it was before the landing
	landed catalog.Commit // empty while the change is open
	since  time.Time      // when an earlier change of this name landed
}

// changes are what the branches of changes stand for, beside what landed.
type changes struct {
	*branches
	landings *landings
}

// find says what a name stands for now: a branch with something to land, or else
// what last landed under the name.
func (c *changes) find(ctx context.Context, id string) (span, error) {
	if !c.names(id) {
		return span{}, fmt.Errorf("%w: %q is no name of one", forge.ErrUnknown, forge.Cut(id, maxName))
	}
	tip, past, err := c.landings.of(ctx, id)
	if err != nil {
		return span{}, err
	}
	head, err := c.repo.Tip(gitrepo.Branch(id))
	if err != nil && !errors.Is(err, gitrepo.ErrNotFound) {
		return span{}, err
	}
	if err == nil {
		landed, err := c.repo.Descends(ctx, tip, catalog.Commit(head))
		if err != nil {
			return span{}, err
		}
		if !landed {
			s := span{id: id, head: catalog.Commit(head), before: tip}
			if len(past) > 0 {
				s.since = past[len(past)-1].at
			}
			return s, nil
		}
	}
	if len(past) == 0 {
		return span{}, fmt.Errorf("%w: no branch %s has anything that %s lacks", forge.ErrUnknown, id, c.base)
	}
	last := past[len(past)-1]
	s := span{id: id, head: last.head, before: last.before, landed: last.commit}
	if len(past) > 1 {
		s.since = past[len(past)-2].at
	}
	return s, nil
}

// current finds the change of an action and sees to it that it is still the one
// the action is about.
func (c *changes) current(ctx context.Context, a forge.Action) (span, error) {
	s, err := c.find(ctx, a.Change)
	if err == nil && s.head != a.Head {
		err = fmt.Errorf("%w: its head is %s and no longer %s", forge.ErrStale, s.head.Short(), a.Head.Short())
	}
	return s, err
}

// list lists the changes: the branches below the prefix that have commits which the base
// branch lacks, by name. All that is said of a change follows from its branch, the tags that
// are named like reviews of it, and the base branch.
func (c *changes) list(ctx context.Context) (list []forge.Listed, problems []Problem, err error) {
	tip, err := c.tip(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range c.repo.Tips(heads + c.prefix) {
		id := branchName(t.Ref)
		if !c.names(id) {
			problems = append(problems, Problem{Ref: t.Ref, ID: t.ID, Reason: "the name of a change is plain text of at most 200 bytes"})
			continue
		}
		landed, err := c.repo.Descends(ctx, tip, catalog.Commit(t.ID))
		if ctx.Err() != nil {
			return nil, problems, ctx.Err()
		}
		// A branch whose history cannot be read is listed, so that whoever reads it
		// learns why, and the others are not held up.
		if err != nil || !landed {
			list = append(list, forge.Listed{ID: id, Stamp: c.stamp(id, t, tip)})
		}
	}
	return list, problems, nil
}

// stamp is a hash of the refs from which a change is read.
func (c *changes) stamp(id string, head gitrepo.Tip, base catalog.Commit) string {
	h := sha256.New()
	fmt.Fprintln(h, head.ID, base)
	for _, ref := range reviewRefs(c.repo, id) {
		fmt.Fprintln(h, ref.ID, ref.Ref)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
