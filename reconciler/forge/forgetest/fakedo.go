package forgetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// Do implements forge.Forge.
func (f *Fake) Do(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, err := f.do(ctx, a)
	if err == nil && f.after != nil {
		err = f.after(a, r)
	}
	if err != nil {
		return forge.Receipt{}, fmt.Errorf("act on change %s: %w", a.Change, err)
	}
	return r, nil
}

func (f *Fake) do(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	kinds := 0
	for _, set := range []bool{a.Show != nil, a.Ask != nil, a.Mention != nil, a.Land != nil, a.Propose != nil, a.Status != nil} {
		if set {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return forge.Receipt{}, fmt.Errorf("it is %d actions and should be one", kinds)
	case ctx.Err() != nil:
		return forge.Receipt{}, ctx.Err()
	case a.Ask != nil && !f.can[forge.Ask], a.Mention != nil && !f.can[forge.Comment], a.Status != nil && !f.can[forge.Status]:
		return forge.Receipt{}, forge.ErrUnable
	}
	if f.before != nil {
		if err := f.before(a); err != nil {
			return forge.Receipt{}, err
		}
	}
	var r forge.Receipt
	var err error
	switch {
	case a.Propose != nil:
		r, err = f.propose(ctx, a.Propose)
	case a.Status != nil:
		r.Done = f.statuses[a.Head] != *a.Status
		f.statuses[a.Head] = *a.Status
	default:
		r, err = f.act(ctx, a)
	}
	if err == nil && r.Done {
		f.writes++
	}
	return r, err
}

func (f *Fake) act(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	c := f.changes[a.Change]
	switch {
	case c == nil:
		return forge.Receipt{}, forge.ErrUnknown
	case c.Head != a.Head:
		return forge.Receipt{}, fmt.Errorf("%w: its head is %s and no longer %s", forge.ErrStale, c.Head.Short(), a.Head.Short())
	case a.Show != nil:
		return f.show(c, *a.Show), nil
	case a.Mention != nil:
		return f.tell(c, *a.Mention), nil
	case a.Ask != nil:
		return f.ask(c, a.Ask.People), nil
	}
	return f.land(ctx, c, *a.Land)
}

func (f *Fake) show(c *fakeChange, v forge.Verdict) forge.Receipt {
	now := Showing{c.Head, v}
	if n := len(c.shown); n > 0 && reflect.DeepEqual(c.shown[n-1], now) {
		return forge.Receipt{}
	}
	v.Notes, v.Digests = slices.Clone(v.Notes), slices.Clone(v.Digests)
	c.shown = append(c.shown, Showing{c.Head, v})
	if f.can[forge.Comment] {
		c.post("verdict", v.Title+"\n\n"+v.Summary)
	}
	return forge.Receipt{Done: true}
}

// post writes the comment of an id, or edits it where that is needed.
func (c *fakeChange) post(id, text string) {
	i := slices.IndexFunc(c.comments, func(p Posted) bool { return p.ID == id })
	switch {
	case i < 0:
		c.comments = append(c.comments, Posted{id, text, 1})
	case c.comments[i].Text != text:
		c.comments[i] = Posted{id, text, c.comments[i].Writes + 1}
	}
}

func (f *Fake) tell(c *fakeChange, t forge.Mention) forge.Receipt {
	if slices.ContainsFunc(c.told, func(o forge.Mention) bool { return o.Key == t.Key }) {
		return forge.Receipt{}
	}
	c.told = append(c.told, t)
	c.post("told "+t.Key, t.Text)
	return forge.Receipt{Done: true}
}

func (f *Fake) ask(c *fakeChange, people []forge.Identity) forge.Receipt {
	before := len(c.asked)
	for _, p := range people {
		if !slices.Contains(c.asked, p) {
			c.asked = append(c.asked, p)
		}
	}
	return forge.Receipt{Done: len(c.asked) > before}
}

func (f *Fake) land(ctx context.Context, c *fakeChange, l forge.Landing) (forge.Receipt, error) {
	switch {
	case c.Landed != "":
		return forge.Receipt{Commit: c.Landed}, nil
	case !c.Open:
		return forge.Receipt{}, fmt.Errorf("%w: it was closed", forge.ErrStale)
	case f.refusal != "":
		return forge.Receipt{}, fmt.Errorf("%w: %s", forge.ErrRefused, f.refusal)
	case f.can[forge.Queue]:
		queued := c.queued != nil
		c.queued = &l
		return forge.Receipt{Done: !queued}, nil
	}
	return f.merge(ctx, c, l)
}

func (f *Fake) merge(ctx context.Context, c *fakeChange, l forge.Landing) (forge.Receipt, error) {
	commit := CommitOf("landing", c.ID, string(c.Head))
	if f.o.Land != nil {
		var err error
		if commit, err = f.o.Land(ctx, copied(c.Change), l.Message); err != nil {
			return forge.Receipt{}, err
		}
	}
	c.Open, c.Landed, c.queued = false, commit, nil
	f.landed[commit] = c.ID
	f.lands = append(f.lands, Landing{c.ID, c.Head, l.Message, commit})
	return forge.Receipt{Done: true, Commit: commit}, nil
}

// Drain lands what waits in the merge queue, in the order in which the changes were
// opened. What cannot land leaves the queue.
func (f *Fake) Drain(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range f.order {
		if c := f.changes[id]; c.queued != nil {
			l := *c.queued
			c.queued = nil
			_, _ = f.merge(ctx, c, l)
		}
	}
}

func (f *Fake) propose(ctx context.Context, p *forge.Proposal) (forge.Receipt, error) {
	if p.Base == "" {
		return forge.Receipt{}, fmt.Errorf("%w: the proposal is for no branch", forge.ErrUnable)
	}
	for _, id := range f.order {
		if f.changes[id].key == "key "+p.Key {
			return forge.Receipt{ID: id}, nil
		}
	}
	id := f.free()
	head := CommitOf("proposal", p.Key)
	if f.o.Propose != nil {
		var err error
		if head, err = f.o.Propose(ctx, id, *p); err != nil {
			return forge.Receipt{}, err
		}
	}
	self := forge.Identity{Login: "levee"}
	var hand []forge.Contributor
	for path := range p.Files {
		hand = append(hand, forge.Contributor{Identity: self, Paths: []string{path}})
	}
	slices.SortFunc(hand, func(a, b forge.Contributor) int { return slices.Compare(a.Paths, b.Paths) })
	c := f.open(forge.Change{ID: id, Title: p.Title, Base: p.Base, Head: head, Author: self, Bot: true, Contributors: hand})
	c.key = "key " + p.Key
	return forge.Receipt{Done: true, ID: id}, nil
}
