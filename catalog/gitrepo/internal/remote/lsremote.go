package remote

import (
	"context"
	"errors"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// Refs are what a server says when a session starts. Names are as it sent them.
type Refs struct {
	Tips map[string]plumbing.Hash
	Head string // the branch that HEAD stands for, empty if it does not say
}

// List asks for the refs, in one exchange, and downloads nothing.
func (r *Remote) List(ctx context.Context) (Refs, error) {
	s, err := r.startFetch(ctx, "list the refs of")
	if err != nil {
		return Refs{}, err
	}
	s.Close()
	return s.Refs, nil
}

// advertised reads the refs and capabilities with which a session starts. A repository
// without commits says nothing, which is an answer; anything cut off is an error, never
// an empty list.
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

func headOf(refs *packp.AdvRefs) string {
	for _, s := range refs.Capabilities.Get(capability.SymRef) {
		if target, ok := strings.CutPrefix(s, string(plumbing.HEAD)+":"); ok {
			return target
		}
	}
	return ""
}
