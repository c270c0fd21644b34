package plaingit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// The trailers of a landing.
const (
	changeTrailer = "Change"
	headTrailer   = "Change-Head"
)

// A landing is a commit on the base branch that says it landed a change.
type landing struct {
	id           string
	commit       catalog.Commit
	before, head catalog.Commit // its parents
	at           time.Time
}

// Landed implements forge.Forge. Only a commit signed with a key of the daemon is
// believed.
func (f *Forge) Landed(ctx context.Context, commit catalog.Commit) (string, error) {
	c, err := f.branches.repo.Commit(ctx, commit)
	if errors.Is(err, gitrepo.ErrMalformed) {
		return "", nil // the daemon writes none like it
	}
	if err != nil {
		return "", fmt.Errorf("find out what landed as %s: %w", commit.Short(), err)
	}
	l, ok := claimed(c)
	if !ok || !f.branches.names(l.id) || !f.daemon.signed(c) {
		return "", nil
	}
	return l.id, nil
}

// claimed reads the landing that a commit says it is.
func claimed(c *gitrepo.CommitInfo) (landing, bool) {
	if len(c.Parents) != 2 {
		return landing{}, false
	}
	id, one := only(c.Trailers, changeTrailer)
	head, same := only(c.Trailers, headTrailer)
	if !one || !same || head != string(c.Parents[1]) {
		return landing{}, false
	}
	return landing{id, c.ID, c.Parents[0], c.Parents[1], c.Committer.When}, true
}

// only returns the value of a trailer that is there once.
func only(trailers []gitrepo.Trailer, key string) (value string, ok bool) {
	for _, t := range trailers {
		if strings.EqualFold(t.Key, key) {
			if ok {
				return "", false
			}
			value, ok = t.Value, true
		}
	}
	return value, ok
}

// landings remembers what the commits of the base branch say they landed, so that
// each is read once. What they say is believed only after another look at the
// signature, which most of them are never asked for.
type landings struct {
	*branches
	daemon *daemon

	turn chan struct{}        // held by who reads or writes the rest
	read catalog.Commit       // up to where the branch was read
	byID map[string][]landing // oldest first
}

func newLandings(b *branches, d *daemon) *landings {
	return &landings{branches: b, daemon: d, turn: make(chan struct{}, 1), byID: map[string][]landing{}}
}

// of returns the tip of the base branch and the landings below it of
// changes of one name, oldest first.
func (l *landings) of(ctx context.Context, id string) (tip catalog.Commit, believed []landing, err error) {
	tip, claims, err := l.claims(ctx, id)
	if err != nil {
		return "", nil, fmt.Errorf("read what landed on %s: %w", l.base, err)
	}
	for _, claim := range claims {
		c, err := l.repo.Commit(ctx, claim.commit)
		if err != nil {
			return "", nil, err
		}
		if l.daemon.signed(c) {
			believed = append(believed, claim)
		}
	}
	return tip, believed, nil
}

// claims is of before anything is believed. The tip is looked up while
// nobody else follows the branch, so that what was read never runs ahead of it.
func (l *landings) claims(ctx context.Context, id string) (catalog.Commit, []landing, error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return "", nil, ctx.Err()
	}
	tip, err := l.tip(ctx)
	if err == nil {
		err = l.follow(ctx, tip)
	}
	return tip, slices.Clone(l.byID[id]), err
}

// follow reads the commits of the base branch that are new since the last time,
// and all of them when its history was rewritten.
func (l *landings) follow(ctx context.Context, tip catalog.Commit) error {
	if l.read == tip {
		return nil
	}
	line, err := l.repo.FirstParents(ctx, l.read, tip)
	if l.read != "" && (errors.Is(err, gitrepo.ErrUnrelated) || errors.Is(err, gitrepo.ErrNotFound)) {
		l.read, l.byID = "", map[string][]landing{}
		line, err = l.repo.FirstParents(ctx, "", tip)
	}
	if err != nil {
		return err
	}
	for _, id := range line {
		c, err := l.repo.Commit(ctx, id)
		if errors.Is(err, gitrepo.ErrMalformed) {
			c, err = &gitrepo.CommitInfo{}, nil
		}
		if err != nil {
			return err
		}
		if claim, ok := claimed(c); ok && l.names(claim.id) {
			l.byID[claim.id] = append(l.byID[claim.id], claim)
		}
		l.read = id
	}
	return nil
}
