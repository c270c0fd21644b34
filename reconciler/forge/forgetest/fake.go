package forgetest

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// FakeOptions say what a Fake is like. The zero value is a forge without abilities
// whose changes are for main.
type FakeOptions struct {
	Base string          // the branch that changes are for, by default "main"
	Can  []forge.Ability // by default none

	// Land really lands a change and returns the commit on the base branch. It may
	// refuse with the sentinels of forge, and must not use the Fake. By default the
	// commit is made up.
	Land func(ctx context.Context, c forge.Change, message string) (catalog.Commit, error)

	// Propose really makes the head of a proposed change, under the same rules.
	Propose func(ctx context.Context, id string, p forge.Proposal) (catalog.Commit, error)

	// Now is the clock of the forge, by default the machine's.
	Now func() time.Time
}

// Fake is a forge in memory. It is safe for concurrent use.
type Fake struct {
	mu       sync.Mutex
	o        FakeOptions
	can      map[forge.Ability]bool
	changes  map[string]*fakeChange
	statuses map[catalog.Commit]forge.CommitStatus
	order    []string // ids, as opened
	reviews  int
	landed   map[catalog.Commit]string
	pushed   map[catalog.Commit][]forge.Contributor
	lands    []Landing
	teams    map[string][]forge.Identity
	refusal  string
	writes   int

	before func(forge.Action) error
	after  func(forge.Action, forge.Receipt) error
	reads  func(id string) error
}

var (
	_ forge.Forge = (*Fake)(nil)
	_ forge.Teams = (*Fake)(nil)
)

// A fakeChange is a change and what was done to it.
type fakeChange struct {
	forge.Change
	key      string // of the proposal that it came from
	shown    []Showing
	comments []Posted
	told     []forge.Mention
	asked    []forge.Identity
	queued   *forge.Landing
}

// New makes an empty forge.
func New(o FakeOptions) *Fake {
	if o.Base == "" {
		o.Base = "main"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	f := &Fake{
		o: o, can: map[forge.Ability]bool{}, changes: map[string]*fakeChange{},
		landed: map[catalog.Commit]string{}, pushed: map[catalog.Commit][]forge.Contributor{}, teams: map[string][]forge.Identity{}, statuses: map[catalog.Commit]forge.CommitStatus{},
	}
	f.Able(o.Can...)
	return f
}

// Able replaces the abilities of the forge.
func (f *Fake) Able(abilities ...forge.Ability) {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.can)
	for _, a := range abilities {
		f.can[a] = true
	}
}

// Can implements forge.Forge.
func (f *Fake) Can() map[forge.Ability]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.can)
}

// Changes implements forge.Forge: in the order in which they were opened. The stamp of a
// change follows from all that is kept of it, and so the forge's own writes move it.
func (f *Fake) Changes(ctx context.Context, base string) ([]forge.Listed, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.readable(ctx, ""); err != nil {
		return nil, fmt.Errorf("list changes for %s: %w", base, err)
	}
	var list []forge.Listed
	for _, id := range f.order {
		if c := f.changes[id]; c.Open && c.Base == base {
			list = append(list, forge.Listed{ID: id, Stamp: string(CommitOf(fmt.Sprintf("%+v", *c)))})
		}
	}
	return list, nil
}

// Change implements forge.Forge.
func (f *Fake) Change(ctx context.Context, id string) (forge.Change, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.readable(ctx, id)
	c := f.changes[id]
	if err == nil && c == nil {
		err = forge.ErrUnknown
	}
	if err != nil {
		return forge.Change{}, fmt.Errorf("read change %s: %w", id, err)
	}
	return copied(c.Change), nil
}

// Landed implements forge.Forge.
func (f *Fake) Landed(ctx context.Context, commit catalog.Commit) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.readable(ctx, f.landed[commit]); err != nil {
		return "", fmt.Errorf("find out what landed as %s: %w", commit.Short(), err)
	}
	return f.landed[commit], nil
}

// Pushed implements forge.Forge: what PushedBy said, or somebody unknown.
func (f *Fake) Pushed(ctx context.Context, commit catalog.Commit) ([]forge.Contributor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.readable(ctx, ""); err != nil {
		return nil, fmt.Errorf("find out who pushed %s: %w", commit.Short(), err)
	}
	if by, ok := f.pushed[commit]; ok {
		return slices.Clone(by), nil
	}
	return []forge.Contributor{{}}, nil
}

// PushedBy says who pushed a commit to the base branch.
func (f *Fake) PushedBy(commit catalog.Commit, by ...forge.Contributor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pushed[commit] = by
}

// Members implements forge.Teams.
func (f *Fake) Members(ctx context.Context, team string) ([]forge.Identity, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.readable(ctx, "")
	if _, ok := f.teams[team]; err == nil && !ok {
		err = forge.ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("list the members of %s: %w", team, err)
	}
	return slices.Clone(f.teams[team]), nil
}

func (f *Fake) readable(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.reads != nil {
		return f.reads(id)
	}
	return nil
}

// copied is a change that later events do not reach.
func copied(c forge.Change) forge.Change {
	c.Contributors = slices.Clone(c.Contributors)
	for i := range c.Contributors {
		c.Contributors[i].Paths = slices.Clone(c.Contributors[i].Paths)
	}
	c.Reviews = slices.Clone(c.Reviews)
	for i := range c.Reviews {
		c.Reviews[i].Digests = maps.Clone(c.Reviews[i].Digests)
	}
	return c
}

// CommitOf is the id of a commit that is made up from a few words. Equal words
// make equal ids.
func CommitOf(words ...string) catalog.Commit {
	sum := sha1.Sum([]byte(strings.Join(words, "\x00")))
	return catalog.Commit(hex.EncodeToString(sum[:]))
}

// IDs are the ids of listed changes, in the order of the list.
func IDs(listed []forge.Listed) []string {
	ids := make([]string, len(listed))
	for i, one := range listed {
		ids[i] = one.ID
	}
	return ids
}
