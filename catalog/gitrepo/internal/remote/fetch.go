package remote

import (
	"context"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"

	"github.com/levee-gitops/levee/catalog"
)

// A FetchSession is one exchange with the server, which has said its refs and can be
// asked for one pack. It belongs to one goroutine, which closes it.
type FetchSession struct {
	Refs Refs

	x       *exchange
	session transport.UploadPackSession
	adv     *packp.AdvRefs
}

// Fetch starts a session and asks for the refs.
func (r *Remote) Fetch(ctx context.Context) (*FetchSession, error) {
	return r.startFetch(ctx, "fetch from")
}

func (r *Remote) startFetch(ctx context.Context, doing string) (*FetchSession, error) {
	x, err := r.exchange(doing)
	if err != nil {
		return nil, err
	}
	session, err := r.client.NewUploadPackSession(x.ep, x.auth)
	if err != nil {
		return nil, x.fail(err)
	}
	adv, err := x.advertised(ctx, session)
	if err != nil {
		session.Close()
		return nil, err
	}
	return &FetchSession{Refs{adv.References, headOf(adv)}, x, session, adv}, nil
}

// Pack downloads into w what the wanted objects need beyond those that the client has.
// More than limit bytes are catalog.ErrTooLarge. After an error w holds a part of the pack.
func (s *FetchSession) Pack(ctx context.Context, w io.Writer, wants, haves []plumbing.Hash, limit int64) error {
	req := packp.NewUploadPackRequestFromCapabilities(s.adv.Capabilities)
	if s.adv.Capabilities.Supports(capability.NoProgress) {
		if err := req.Capabilities.Set(capability.NoProgress); err != nil {
			return s.x.fail(err)
		}
	}
	req.Wants, req.Haves = wants, haves
	res, err := s.session.UploadPack(ctx, req)
	if err != nil {
		return s.x.fail(err)
	}
	defer res.Close()
	var in io.Reader = res
	switch {
	case req.Capabilities.Supports(capability.Sideband64k):
		in = sideband.NewDemuxer(sideband.Sideband64k, res)
	case req.Capabilities.Supports(capability.Sideband):
		in = sideband.NewDemuxer(sideband.Sideband, res)
	}
	size, err := io.Copy(w, io.LimitReader(in, limit+1))
	if err != nil {
		return s.x.fail(err)
	}
	if size > limit {
		return fmt.Errorf("fetch from %s: more than %d bytes: %w", s.x.r.Name, limit, catalog.ErrTooLarge)
	}
	return nil
}

// Close ends the session.
func (s *FetchSession) Close() { s.session.Close() }
