package review

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/work"
)

// An open change is at rest while everything that its last review followed from is as it
// was: then nothing is read of it but its line in the list of open changes. Where only the
// catalog's branch or the ledger moved, it is judged anew by what the forge said last.

// rest is what the last review of a change that ended well followed from.
type rest struct {
	stamp     string         // as it was listed before the review
	view      *chain.View    // as it was before the review recorded anything
	tip       catalog.Commit // of the catalog's branch
	subjects  []string
	nextCheck time.Time // when something follows from nothing but time, or it is read in any case
	readBy    time.Time // when it is read in any case
	said                // on the forge and to it; nil where it cannot be judged by that again
}

// said is what the forge said of a change, and what it was told last.
type said struct {
	change *forge.Change
	shown  *forge.Verdict
	asked  []forge.Identity
}

// Every is the default of Reviewer.ReadEvery.
const Every = 15 * time.Minute

// troubleFor is how soon a change is looked at again of which the rules could not tell.
const troubleFor = 2 * time.Minute

// unlisted is the stamp of a change that the ledger holds open and the forge does not list
// for the catalog's branch. While its own state stays open, it was given another base.
const unlisted = "not listed"

// Open lists all changes that are open: those that the forge lists, and those that only the
// ledger holds open, which have to be closed.
func (r *Reviewer) Open(ctx context.Context) ([]string, error) {
	listed, err := r.list(ctx)
	if err != nil {
		return nil, err
	}
	view, err := r.Sessions.Ledger.Refresh(ctx)
	if err == nil {
		listed = withHeldOpen(listed, view)
	}
	return r.listedAs(listed), nil
}

// Moved lists the open changes that are not at rest. It reads the list of open changes, the
// catalog's branch and the ledger, and nothing of a single change. Where the ledger cannot be read,
// or is frozen, no change is at rest.
func (r *Reviewer) Moved(ctx context.Context) ([]string, error) {
	listed, err := r.list(ctx)
	if err != nil {
		return nil, err
	}
	now := r.Sessions.New(r.Now())
	err = now.Look(ctx)
	if now.View != nil {
		listed = withHeldOpen(listed, now.View)
	}
	all := r.listedAs(listed)
	if err != nil || now.Frozen != "" {
		return all, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(all, func(id string) bool {
		at, known := r.rests[id]
		if !known || r.listed[id] != at.stamp || at.tip != now.Tip || !now.Now.Before(at.nextCheck) || !at.holds(now.View, id) {
			return false
		}
		at.view = now.View // so that no older one is kept
		r.rests[id] = at
		return true
	}), nil
}

// holds reports whether the ledger says the same of the change as when it was reviewed.
func (x rest) holds(now *chain.View, change string) bool {
	if now.Tip == x.view.Tip {
		return true
	}
	if now.Root().Main != x.view.Root().Main || now.Root().Governing != x.view.Root().Governing {
		return false
	}
	return !slices.ContainsFunc(x.subjects, func(subject string) bool { return !now.Same(x.view, subject, change) })
}

// list reads the list of open changes.
func (r *Reviewer) list(ctx context.Context) ([]forge.Listed, error) {
	listed, err := r.Forge.Changes(ctx, r.Sessions.Branch)
	if err != nil {
		return nil, fmt.Errorf("list the open changes: %w", err)
	}
	return listed, nil
}

// withHeldOpen adds the changes that the ledger holds open and the forge does not list.
func withHeldOpen(listed []forge.Listed, view *chain.View) []forge.Listed {
	known := map[string]bool{}
	for _, one := range listed {
		known[one.ID] = true
	}
	add := func(state ledger.App) {
		for id := range state.Changes {
			if !known[id] {
				known[id] = true
				listed = append(listed, forge.Listed{ID: id, Stamp: unlisted})
			}
		}
	}
	for state := range view.States() {
		add(state)
	}
	governance, _ := view.App(catalog.Governance)
	add(governance)
	return listed
}

// listedAs remembers the stamps of a list for the reviews that follow, forgets what is not
// open any more, and returns the ids, sorted.
func (r *Reviewer) listedAs(listed []forge.Listed) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	ids := make([]string, len(listed))
	r.listed = map[string]string{}
	for i, one := range listed {
		ids[i], r.listed[one.ID] = one.ID, one.Stamp
	}
	for id := range r.rests {
		if _, open := r.listed[id]; !open {
			delete(r.rests, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// stampOf is the stamp of a change in the last list; empty for one that was not in it.
func (r *Reviewer) stampOf(id string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.listed[id]
}

// Stir ends the rest of a change about which something was heard.
func (r *Reviewer) Stir(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.rests, id)
}

// saidOf is what the forge said of a change whose stamp is still the one it had then. It is
// empty where something was heard of the change, or where its turn to be read has come.
func (r *Reviewer) saidOf(id, stamp string, now time.Time) said {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, known := r.rests[id]; known && at.stamp == stamp && now.Before(at.readBy) {
		return at.said
	}
	return said{}
}

// settle notes how a review ended whose change was listed with a stamp before it.
func (r *Reviewer) settle(v *review, stamp string, err error) {
	until, complete := v.rests()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil || !complete || stamp == "" {
		delete(r.rests, v.out.Change)
		return
	}
	if r.rests == nil {
		r.rests = map[string]rest{}
	}
	at := rest{stamp: stamp, view: v.looked, tip: v.Tip, subjects: v.about, nextCheck: until, readBy: slot(v.out.Change, r.ReadEvery, v.Now)}
	if v.cannot == nil && v.judge != nil {
		change := v.change // and nothing else of the review is kept
		at.said = said{&change, v.said.shown, v.said.asked}
	}
	r.rests[v.out.Change] = at
}

// rests reports until when the change is at rest if nothing moves; complete is false where
// something is left to do that a later look may find possible.
func (v *review) rests() (until time.Time, complete bool) {
	if v.out.Frozen != "" || v.out.Closed || v.out.Landed != "" {
		return until, false
	}
	until = slot(v.out.Change, v.by.ReadEvery, v.Now)
	if v.judge == nil { // it has another base
		return until, true
	}
	does := effects{v}
	if len(does.unshown()) > 0 || len(does.mentions()) > 0 {
		return until, false // another replica is at it, or was
	}
	if does.mayLand() {
		again := v.refused().until
		if !v.Now.Before(again) {
			return until, false
		}
		until = work.Earliest(until, again)
	}
	if v.out.State == forge.Trouble {
		until = work.Earliest(until, v.Now.Add(troubleFor))
	}
	for _, d := range v.out.Decisions {
		until = work.Earliest(until, d.Until)
	}
	return until, true
}

// slot is the next moment after now at which a change is read in any case. Each change has
// its own moment in every period, so that they do not come together.
func slot(change string, every time.Duration, now time.Time) time.Time {
	h := fnv.New64a()
	_, _ = h.Write([]byte(change))
	sum := h.Sum64()
	sum ^= sum >> 33 // ids that differ in their last letter differ in few bits
	sum *= 0xff51afd7ed558ccd
	sum ^= sum >> 33
	at := now.Truncate(every).Add(time.Duration(sum % uint64(every)))
	if !at.After(now) {
		at = at.Add(every)
	}
	return at
}
