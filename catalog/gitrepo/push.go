package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/mirror"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// Advance is the Update that moves a branch from one commit to another.
func Advance(branch string, from, to catalog.Commit) Update {
	return Update{Ref: Branch(branch), Old: ID(from), New: ID(to)}
}

// Push sends the objects of a batch, exactly those, and moves refs. Nothing moves
// unless every ref is where Old says. Several refs move together if the remote can
// do that, which git and the large forges can. A nil batch sends no objects: refs
// then move to what the remote has, or are deleted.
//
// ErrStale, ErrRejected and ErrUnauthorized mean that nothing changed. After any
// other error the push may have happened or not, and only another look at the
// remote tells. After success the mirror holds the objects and its refs have moved;
// should the disk refuse that, the next Fetch makes up for it.
func (r *Repo) Push(ctx context.Context, b *Batch, updates ...Update) error {
	commands, err := commandsOf(updates)
	if err != nil {
		return err
	}
	pack := &packstore.Pack{}
	if !onlyDeletes(updates) {
		objects := &packstore.Overlay{}
		if b != nil {
			objects = b.objects
		}
		if pack, err = packstore.EncodePack(objects); err != nil {
			return err
		}
	}
	send := func() error { return r.remote.Push(ctx, commands, pack.Data) }
	if intercept := r.opts.Intercept; intercept != nil {
		inner := send
		send = func() error { return intercept(describe(updates), inner) }
	}
	if err := send(); err != nil {
		return err
	}
	r.mirror.Follow(ctx, pack, updates)
	return nil
}

// MayPush asks the remote whether it takes pushes with these credentials, and pushes nothing.
// ErrUnauthorized and ErrNoRepository are its no. A branch that is protected refuses a push all
// the same, which only a push tells.
func (r *Repo) MayPush(ctx context.Context) error { return r.remote.MayPush(ctx) }

// commandsOf checks the updates and says them as the wire protocol does.
func commandsOf(updates []Update) ([]*packp.Command, error) {
	if len(updates) == 0 {
		return nil, errors.New("push: no ref to move")
	}
	var commands []*packp.Command
	for _, u := range updates {
		c := &packp.Command{Name: plumbing.ReferenceName(u.Ref)}
		var err error
		if u.Old != "" {
			c.Old, err = packstore.ParseHash(u.Old)
		}
		if u.New != "" && err == nil {
			c.New, err = packstore.ParseHash(u.New)
		}
		if err == nil && (!mirror.ValidRef(string(u.Ref)) || u.Old == u.New) {
			err = errors.New("it is no change of a ref")
		}
		if err != nil {
			return nil, fmt.Errorf("push %.200q: %w", u.Ref, err)
		}
		commands = append(commands, c)
	}
	return commands, nil
}

func onlyDeletes(updates []Update) bool {
	return !slices.ContainsFunc(updates, func(u Update) bool { return u.New != "" })
}

// describe names the refs that move.
func describe(updates []Update) string {
	names := make([]string, len(updates))
	for i, u := range updates {
		names[i] = string(u.Ref)
	}
	return "push " + strings.Join(names, " ")
}
