package forgetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Open opens a change as its author does, and returns its id. What is left out is
// sensible: a number for an id, the forge's base, and the author as the only
// contributor.
func (f *Fake) Open(c forge.Change) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.open(c).ID
}

func (f *Fake) open(c forge.Change) *fakeChange {
	if c.ID == "" {
		c.ID = f.free()
	}
	if c.Base == "" {
		c.Base = f.o.Base
	}
	if c.Head == "" {
		c.Head = CommitOf("head", c.ID)
	}
	if c.Contributors == nil {
		c.Contributors = []forge.Contributor{{Identity: c.Author}}
	}
	c.Open, c.Landed = true, ""
	if f.changes[c.ID] != nil {
		panic("forgetest: the change " + c.ID + " exists already")
	}
	f.changes[c.ID] = &fakeChange{Change: copied(c)}
	f.order = append(f.order, c.ID)
	return f.changes[c.ID]
}

// free is a number that no change has.
func (f *Fake) free() string {
	for n := len(f.order) + 1; ; n++ {
		if id := fmt.Sprint(n); f.changes[id] == nil {
			return id
		}
	}
}

// Edit changes anything about a change, such as Draft, or the stamp of a review
// that the forge has moved.
func (f *Fake) Edit(id string, edit func(*forge.Change)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	edit(&f.must(id).Change)
}

// Push moves the head of a change forward. Whoever had a hand in the new commits
// is added to the contributors: nobody for a clean merge.
func (f *Fake) Push(id string, head catalog.Commit, by ...forge.Contributor) {
	f.Edit(id, func(c *forge.Change) {
		c.Head = head
		c.Contributors = append(slices.Clip(c.Contributors), by...)
	})
	f.unqueue(id)
}

// ForcePush replaces the commits of a change, and its contributors.
func (f *Fake) ForcePush(id string, head catalog.Commit, by ...forge.Contributor) {
	f.Edit(id, func(c *forge.Change) { c.Head, c.Contributors = head, slices.Clone(by) })
	f.unqueue(id)
}

func (f *Fake) unqueue(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.must(id).queued = nil
}

// Close gives a change up.
func (f *Fake) Close(id string) { f.Edit(id, func(c *forge.Change) { c.Open = false }) }

// Reopen takes up again what was closed. A change that landed stays landed.
func (f *Fake) Reopen(id string) { f.Edit(id, func(c *forge.Change) { c.Open = c.Landed == "" }) }

// Review reviews a change and returns the id of the review. What is left out is
// sensible: a new id, the present head, now; and it is witnessed.
func (f *Fake) Review(id string, r forge.Review) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.must(id)
	f.reviews++
	if r.ID == "" {
		r.ID = fmt.Sprint("r", f.reviews)
	}
	if r.Commit == "" {
		r.Commit = c.Head
	}
	if r.At.IsZero() {
		r.At = f.o.Now()
	}
	r.Witnessed = true
	c.Reviews = append(slices.Clip(c.Reviews), r)
	return r.ID
}

// Dismiss withdraws a review.
func (f *Fake) Dismiss(id, review string) {
	f.Edit(id, func(c *forge.Change) {
		c.Reviews = slices.Clone(c.Reviews)
		for i := range c.Reviews {
			if c.Reviews[i].ID == review {
				c.Reviews[i].Review = catalog.Dismiss
			}
		}
	})
}

// Command writes a command beside a change. The one that there is confirms a
// digest for the last review of the same person; others, and those on a forge
// without the ability, do nothing.
func (f *Fake) Command(id string, by forge.Identity, text string) {
	digest, ok := strings.CutPrefix(text, "/levee confirm ")
	if !ok || !f.Can()[forge.Command] {
		return
	}
	f.Edit(id, func(c *forge.Change) {
		c.Reviews = slices.Clone(c.Reviews)
		for i := len(c.Reviews) - 1; i >= 0; i-- {
			if c.Reviews[i].By == by {
				c.Reviews[i].Confirms = strings.TrimSpace(digest)
				return
			}
		}
	})
}

// Team says who is in a team.
func (f *Fake) Team(name string, members ...forge.Identity) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.teams[name] = slices.Clone(members)
}

// Refuse makes the base branch refuse what would land, with these words, until it
// is called with none.
func (f *Fake) Refuse(words string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refusal = words
}

func (f *Fake) must(id string) *fakeChange {
	c := f.changes[id]
	if c == nil {
		panic("forgetest: there is no change " + id)
	}
	return c
}
