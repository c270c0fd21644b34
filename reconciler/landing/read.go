package landing

import (
	"context"
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/approval"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/session"
)

// read is what the forge was asked about what landed. It is not changed any more.
type read struct {
	until   catalog.Commit            // the last commit of which all was read
	brought map[catalog.Commit]string // by which change a commit came; empty for none
	changes map[string]*forge.Change  // what the forge says of them; nil for one it does not know
}

// Read asks the forge about all that landed and was not decided as of a session: which
// change brought it, what is known of that, and who contributed to content that is held.
// Rules that are proposed are tried. It is called beside the passes, so that none of them
// waits for it, and for what it found to be remembered; the session records nothing. An
// error says what could not be read; whole landings that were read before it are known.
func (d *Decider) Read(ctx context.Context, s *session.Session) error {
	commits, merged, err := undecided(ctx, s)
	if err != nil || len(commits) == 0 {
		return err
	}
	found := read{brought: map[catalog.Commit]string{}, changes: map[string]*forge.Change{}}
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if found.until != "" {
			d.read = found
		}
	}()
	l := Landing{From: s.View.Root().Main}
	one := func() error {
		if err := d.readOne(ctx, s, &l); err != nil {
			return err
		}
		found.until, found.changes[l.ID] = l.To, l.Change
		return nil
	}
	for i, commit := range commits {
		var id string
		if !merged {
			if id, err = d.Forge.Landed(ctx, commit); err != nil {
				return fmt.Errorf("find out which change brought %s: %w", commit.Short(), err)
			}
		}
		if i > 0 && id != l.ID {
			if err := one(); err != nil {
				return err
			}
			l = Landing{From: l.To}
		}
		l.ID, l.To, found.brought[commit] = id, commit, id
	}
	return one()
}

// readOne reads what one landing is decided by.
func (d *Decider) readOne(ctx context.Context, s *session.Session, l *Landing) error {
	if l.ID != "" {
		c, err := d.Forge.Change(ctx, l.ID)
		switch {
		case err == nil:
			l.Change = &c
		case !errors.Is(err, forge.ErrUnknown):
			return fmt.Errorf("read change %s: %w", l.ID, err)
		}
	}
	c, err := d.begin(ctx, s, *l)
	if err != nil {
		return err
	}
	q, _, err := c.governanceQuestion(ctx)
	if err == nil && q != nil {
		_, err = d.Judges.Governance(ctx, s, c.judge, *q)
	}
	if err != nil {
		return err
	}
	first := string(c.judge.Environments().First().Name)
	for _, e := range catalog.FolderEdits(c.from, c.to) {
		state, _ := s.View.App(e.Name)
		if l.Change == nil || state.Held == nil {
			continue
		}
		if _, err := approval.ContributorsToHeld(ctx, d.History, state, state.Admitted[first].Commit, e.Dirs()...); err != nil {
			return err
		}
	}
	return nil
}
