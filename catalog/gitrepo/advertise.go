package gitrepo

import (
	"context"
	"errors"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// RemoteTips asks the remote for its refs whose names start with prefix, and
// downloads nothing else. It is one exchange, which no mirrored state takes part
// in; Fetch without news costs the same.
func (r *Repo) RemoteTips(ctx context.Context, prefix string) ([]Tip, error) {
	x, err := r.remote.exchange("list the refs of")
	if err != nil {
		return nil, err
	}
	session, err := r.remote.client.NewUploadPackSession(x.ep, x.auth)
	if err != nil {
		return nil, x.fail(err)
	}
	defer session.Close()
	refs, err := x.advertised(ctx, session)
	if err != nil {
		return nil, err
	}
	return tableOf(refs, func(Ref) bool { return true }).prefix(prefix), nil
}

// advertised reads what a server says about itself when a session starts. A
// repository without commits says nothing, which is an answer; anything cut off
// is an error, never an empty list.
func (x *exchange) advertised(ctx context.Context, s transport.Session) (*packp.AdvRefs, error) {
	refs, err := s.AdvertisedReferencesContext(ctx)
	if errors.Is(err, transport.ErrEmptyRemoteRepository) {
		return packp.NewAdvRefs(), nil
	}
	if err != nil {
		return nil, x.fail(err)
	}
	if len(refs.Shallows) > 0 {
		return nil, x.fail(errors.New("it has only a part of its history"))
	}
	return refs, nil
}

// tableOf takes the refs that are wanted. Names that Git would not take for a ref
// are not refs.
func tableOf(refs *packp.AdvRefs, want func(Ref) bool) *refTable {
	t := &refTable{head: headOf(refs)}
	for name, h := range refs.References {
		if validRef(name) && want(Ref(name)) && !h.IsZero() {
			t.tips = append(t.tips, Tip{Ref(name), idOf(h)})
		}
	}
	t.sort()
	return t
}

func headOf(refs *packp.AdvRefs) Ref {
	for _, s := range refs.Capabilities.Get(capability.SymRef) {
		if target, ok := strings.CutPrefix(s, string(plumbing.HEAD)+":"); ok && validRef(target) {
			return Ref(target)
		}
	}
	return ""
}
